using CertiPure.Images;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CertiPure.Onnx;

/// <summary>
/// The input of an image model: float, half, double or byte values, channels first or last, of any or one number of images. Bytes are the
/// values rounded and kept within 0 to 255.
/// </summary>
internal sealed class OnnxImageInput
{
    private readonly TensorElementType _type;
    private readonly bool _isChannelsLast;

    private OnnxImageInput(string name, TensorElementType type, bool isChannelsLast, ImageShape shape, int? fixedBatch)
    {
        Name = name;
        _type = type;
        _isChannelsLast = isChannelsLast;
        Shape = shape;
        FixedBatch = fixedBatch;
    }

    /// <summary>The input's name.</summary>
    public string Name { get; }

    /// <summary>The shape of one image, channels first.</summary>
    public ImageShape Shape { get; }

    /// <summary>The one number of images that the model takes; null for any.</summary>
    public int? FixedBatch { get; }

    /// <summary>Whether values are bytes from 0 to 255.</summary>
    public bool IsBytes => _type == TensorElementType.UInt8;

    /// <summary>Reads an input's description.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="input">Its type and dimensions.</param>
    /// <param name="asked">The images' shape, for dimensions that are open.</param>
    /// <returns>The input; null where it is not a batch of images.</returns>
    public static OnnxImageInput? Of(string name, NodeMetadata input, ImageShape? asked)
    {
        if (!input.IsTensor || input.Dimensions is not [var batch, var second, var third, var fourth]
            || input.ElementDataType is not (TensorElementType.Float or TensorElementType.Float16 or TensorElementType.Double
                or TensorElementType.UInt8))
        {
            return null;
        }

        // Channels are one or three: where both ends could be, they are first, as in most models.
        bool isLast = fourth is 1 or 3 && second is not (1 or 3) && (second > 0 || third > 0 || asked is null || asked.Value.Channels == fourth);
        ImageShape given = asked ?? default;
        (int channels, int height, int width) = isLast ? (fourth, second, third) : (second, third, fourth);
        var shape = new ImageShape(
            channels > 0 ? channels : given.Channels, height > 0 ? height : given.Height, width > 0 ? width : given.Width);
        return new OnnxImageInput(name, input.ElementDataType, isLast, shape, batch > 0 ? batch : null);
    }

    /// <summary>Images as the model's input.</summary>
    /// <param name="pixels">Images of <see cref="Shape"/>, channels first; not copied where the model takes just that.</param>
    /// <param name="count">The number of images.</param>
    public OrtValue Wrap(Memory<float> pixels, int count)
    {
        long[] sizes = _isChannelsLast ? [count, Shape.Height, Shape.Width, Shape.Channels] : [count, Shape.Channels, Shape.Height, Shape.Width];
        Memory<float> values = _isChannelsLast && Shape.Channels > 1 ? Interleave(pixels.Span) : pixels;
        return _type switch
        {
            TensorElementType.Float => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, sizes),
            TensorElementType.Float16 => Converted(values.Span, value => (Float16)value, sizes),
            TensorElementType.Double => Converted(values.Span, value => (double)value, sizes),
            _ => Converted(values.Span, value => (byte)Math.Clamp(MathF.Round(value), 0, 255), sizes),
        };
    }

    private static OrtValue Converted<T>(ReadOnlySpan<float> values, Func<float, T> convert, long[] sizes)
        where T : unmanaged
    {
        var converted = new T[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            converted[i] = convert(values[i]);
        }

        return OrtValue.CreateTensorValueFromMemory(converted, sizes);
    }

    private float[] Interleave(ReadOnlySpan<float> planes)
    {
        var values = new float[planes.Length];
        int plane = Shape.Height * Shape.Width;
        for (int start = 0; start < planes.Length; start += Shape.Length)
        {
            for (int place = 0; place < plane; place++)
            {
                for (int channel = 0; channel < Shape.Channels; channel++)
                {
                    values[start + (place * Shape.Channels) + channel] = planes[start + (channel * plane) + place];
                }
            }
        }

        return values;
    }
}
