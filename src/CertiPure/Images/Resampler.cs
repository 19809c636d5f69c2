using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Images;

/// <summary>How a picture's values are interpolated when its size changes.</summary>
[JsonConverter(typeof(InterpolationConverter))]
public enum Interpolation
{
    /// <summary>A triangle of two source pixels' width, widened when an image is made smaller.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = -1/2 of four source pixels' width, widened when an image is made smaller.</summary>
    Bicubic,
}

/// <summary>Writes an interpolation as on the command line, and refuses numbers in its place.</summary>
internal sealed class InterpolationConverter()
    : JsonStringEnumConverter<Interpolation>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>
/// Changes the size of images as Pillow and torchvision do it: separable filters with antialiasing, first along rows, then along
/// columns. Byte images are rounded between the two passes in Pillow's fixed-point arithmetic (<c>src/libImaging/Resample.c</c>), so
/// that they come out as there.
/// </summary>
public sealed class Resampler
{
    private const int PrecisionBits = 32 - 8 - 2;

    private readonly ImageShape _source;
    private readonly ImageShape _target;
    private readonly Weights _columns;
    private readonly Weights _rows;

    /// <summary>Computes the filters.</summary>
    /// <param name="source">The images' shape.</param>
    /// <param name="height">The new number of rows, at least 1.</param>
    /// <param name="width">The new number of columns, at least 1.</param>
    /// <param name="interpolation">The filter.</param>
    public Resampler(ImageShape source, int height, int width, Interpolation interpolation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _source = source;
        _target = source with { Height = height, Width = width };
        _columns = Weights.Of(source.Width, width, interpolation);
        _rows = Weights.Of(source.Height, height, interpolation);
    }

    /// <summary>The shape of resized images.</summary>
    public ImageShape Target => _target;

    /// <summary>Resizes an image of bytes.</summary>
    /// <param name="pixels">One image of the source's shape, <c>[C,H,W]</c>.</param>
    /// <returns>One image of the target's shape.</returns>
    public byte[] Resize(ReadOnlySpan<byte> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, _source.Length);
        var narrowed = new byte[_source.Channels * _source.Height * _target.Width];
        for (int row = 0; row < _source.Channels * _source.Height; row++)
        {
            _columns.Apply(pixels.Slice(row * _source.Width, _source.Width), narrowed.AsSpan(row * _target.Width), 1);
        }

        var result = new byte[_target.Length];
        for (int channel = 0; channel < _source.Channels; channel++)
        {
            for (int x = 0; x < _target.Width; x++)
            {
                _rows.Apply(
                    narrowed.AsSpan((channel * _source.Height * _target.Width) + x),
                    result.AsSpan((channel * _target.Height * _target.Width) + x),
                    _target.Width);
            }
        }

        return result;
    }

    /// <summary>Resizes images of real numbers; nothing is rounded or clipped.</summary>
    /// <param name="images">Images of the source's shape.</param>
    /// <returns>Images of the target's shape.</returns>
    public ImageBatch Resize(ImageBatch images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Shape != _source)
        {
            throw new ArgumentException($"Expected images of {_source}, got {images.Shape}.", nameof(images));
        }

        var result = new ImageBatch(_target, images.Count);
        var narrowed = new float[_source.Height * _target.Width];
        for (int image = 0; image < images.Count; image++)
        {
            for (int channel = 0; channel < _source.Channels; channel++)
            {
                ReadOnlySpan<float> plane = images[image].Slice(channel * _source.Height * _source.Width, _source.Height * _source.Width);
                for (int y = 0; y < _source.Height; y++)
                {
                    _columns.Apply(plane.Slice(y * _source.Width, _source.Width), narrowed.AsSpan(y * _target.Width), 1);
                }

                Span<float> target = result[image].Slice(channel * _target.Height * _target.Width, _target.Height * _target.Width);
                for (int x = 0; x < _target.Width; x++)
                {
                    _rows.Apply(narrowed.AsSpan(x), target[x..], _target.Width);
                }
            }
        }

        return result;
    }

    /// <summary>The filter along columns as a matrix: the new row's values are this times the old column's.</summary>
    /// <returns><c>[height, source height]</c>, row-major.</returns>
    public float[] RowMatrix() => _rows.ToMatrix();

    /// <summary>The filter along rows as a matrix.</summary>
    /// <returns><c>[width, source width]</c>, row-major.</returns>
    public float[] ColumnMatrix() => _columns.ToMatrix();

    /// <summary>For each target position, which source positions count and how much (the sum is 1).</summary>
    private sealed class Weights
    {
        private readonly int _sourceLength;
        private readonly int[] _first;
        private readonly double[][] _values;
        private readonly int[][] _fixed;

        private Weights(int sourceLength, int[] first, double[][] values)
        {
            _sourceLength = sourceLength;
            _first = first;
            _values = values;
            _fixed = [.. values.Select(row => row
                .Select(value => (int)((value < 0 ? -0.5 : 0.5) + (value * (1 << PrecisionBits)))).ToArray())];
        }

        public static Weights Of(int source, int target, Interpolation interpolation)
        {
            var first = new int[target];
            var values = new double[target][];
            double scale = (double)source / target, widening = Math.Max(scale, 1);
            double support = (interpolation == Interpolation.Bicubic ? 2 : 1) * widening;
            for (int i = 0; i < target; i++)
            {
                if (source == target)
                {
                    (first[i], values[i]) = (i, [1]);
                    continue;
                }

                double center = (i + 0.5) * scale;
                first[i] = Math.Max((int)(center - support + 0.5), 0);
                int end = Math.Min((int)(center + support + 0.5), source);
                values[i] = new double[end - first[i]];
                for (int x = 0; x < values[i].Length; x++)
                {
                    double distance = Math.Abs((x + first[i] - center + 0.5) / widening);
                    values[i][x] = interpolation == Interpolation.Bicubic ? Cubic(distance) : Math.Max(1 - distance, 0);
                }

                double sum = values[i].Sum();
                for (int x = 0; x < values[i].Length; x++)
                {
                    values[i][x] /= sum;
                }
            }

            return new Weights(source, first, values);
        }

        public void Apply(ReadOnlySpan<byte> source, Span<byte> target, int stride)
        {
            for (int i = 0; i < _fixed.Length; i++)
            {
                int sum = 1 << (PrecisionBits - 1);
                for (int x = 0; x < _fixed[i].Length; x++)
                {
                    sum += source[(_first[i] + x) * stride] * _fixed[i][x];
                }

                target[i * stride] = (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);
            }
        }

        public void Apply(ReadOnlySpan<float> source, Span<float> target, int stride)
        {
            for (int i = 0; i < _values.Length; i++)
            {
                double sum = 0;
                for (int x = 0; x < _values[i].Length; x++)
                {
                    sum += source[(_first[i] + x) * stride] * _values[i][x];
                }

                target[i * stride] = (float)sum;
            }
        }

        public float[] ToMatrix()
        {
            var matrix = new float[_values.Length * _sourceLength];
            for (int i = 0; i < _values.Length; i++)
            {
                for (int x = 0; x < _values[i].Length; x++)
                {
                    matrix[(i * _sourceLength) + _first[i] + x] = (float)_values[i][x];
                }
            }

            return matrix;
        }

        private static double Cubic(double x) => x switch
        {
            < 1 => (((1.5 * x) - 2.5) * x * x) + 1,
            < 2 => ((((-0.5 * x) + 2.5) * x) - 4) * x + 2,
            _ => 0,
        };
    }
}
