using System.Runtime.InteropServices;
using CertiPure.Images;
using CertiPure.Smoothing;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace CertiPure.Torch.Attacks;

/// <summary>
/// Searches an image within an L2 radius of a given one that the smoothed classifier answers otherwise: projected gradient
/// descent on log E[softmax F(x' + noise)_c], the smoothed probability of the class c, with the expectation over noise, purifier
/// and classifier estimated anew at each step (SmoothAdv with PGD, Salman et al. 2019, equation 6; expectation over
/// transformation, Athalye et al. 2018).
/// </summary>
/// <remarks>The pixels may leave [0,1]: a certificate covers such images too, and so the attack is the stronger.</remarks>
public sealed class SmoothAdvAttack
{
    private readonly TorchPurifier? _purifier;
    private readonly TorchClassifier _classifier;
    private readonly double _sigma;
    private readonly NoiseSource _noise;
    private readonly SmoothAdvOptions _options;

    /// <summary>Aims at a base classifier; neither part is taken over.</summary>
    /// <param name="purifier">The purifier, or null for plain randomized smoothing. In fp32 its gradients are the best.</param>
    /// <param name="classifier">The classifier.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <param name="seed">The seed of the attack's own noise.</param>
    /// <param name="options">How hard to try; null for the usual.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma or an option is not positive.</exception>
    public SmoothAdvAttack(
        TorchPurifier? purifier, TorchClassifier classifier, double sigma, ulong seed, SmoothAdvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        _options = options ?? new SmoothAdvOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Steps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Samples);
        _purifier = purifier;
        _classifier = classifier;
        _sigma = sigma;
        _noise = new NoiseSource(seed);
    }

    /// <summary>Attacks one image.</summary>
    /// <param name="pixels">The image <c>[C,H,W]</c> in pixel space.</param>
    /// <param name="imageId">The image's id, which determines the attack's noise.</param>
    /// <param name="label">The class to leave.</param>
    /// <param name="radius">The L2 radius in pixel space, above 0.</param>
    /// <returns>The changed image <c>[C,H,W]</c>, at most the radius away.</returns>
    public float[] Perturb(ReadOnlySpan<float> pixels, int imageId, int label, double radius)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(radius);
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, _classifier.ClassCount);
        double step = 2 * radius / _options.Steps;
        double[] change = new double[pixels.Length];
        for (int i = 0; i < _options.Steps; i++)
        {
            double[] gradient = Gradient(Add(pixels, change), imageId, label, firstDraw: i * _options.Samples);
            double norm = TensorPrimitives.Norm<double>(gradient);
            if (norm == 0)
            {
                continue;
            }

            TensorPrimitives.MultiplyAdd(gradient, -step / norm, change, change);
            Project(change, radius);
        }

        return Land(pixels, change, radius);
    }

    /// <summary>The L2 distance of two images in pixel space.</summary>
    /// <param name="first">An image.</param>
    /// <param name="second">An image of as many pixels.</param>
    public static double Distance(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double[] wide = new double[first.Length], other = new double[second.Length];
        TensorPrimitives.ConvertChecked(first, wide);
        TensorPrimitives.ConvertChecked(second, other);
        return TensorPrimitives.Distance<double>(wide, other);
    }

    private double[] Gradient(float[] pixels, int imageId, int label, int firstDraw)
    {
        var noisy = new ImageBatch(_classifier.Shape, _options.Samples);
        for (int i = 0; i < _options.Samples; i++)
        {
            _noise.AddNoise(pixels, imageId, NoisePhase.Display, firstDraw + i, _sigma, noisy[i]);
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable gradients = enable_grad();
        Tensor input = PixelTensor.Upload(noisy, _classifier.Device).requires_grad_();
        Tensor logits = _classifier.Logits(_purifier is null ? input : _purifier.Purify(input, _sigma));

        // In fp32 the gradient of a class that is all but certain would be exactly zero.
        Tensor logProbabilities = nn.functional.log_softmax(logits.to(ScalarType.Float64), 1);
        Tensor loss = logProbabilities.select(1, label).logsumexp(0);
        Tensor gradient = autograd.grad([loss], [input])[0].to(ScalarType.Float64).sum(dim: 0).cpu().contiguous();
        return MemoryMarshal.Cast<byte, double>(gradient.bytes).ToArray();
    }

    private float[] Land(ReadOnlySpan<float> pixels, double[] change, double radius)
    {
        float[] landed = Add(pixels, change);

        // Rounding to single precision may have led slightly outside the radius.
        while (Distance(pixels, landed) > radius)
        {
            TensorPrimitives.Multiply(change, 1 - 1e-7, change);
            landed = Add(pixels, change);
        }

        return landed;
    }

    private float[] Add(ReadOnlySpan<float> pixels, double[] change)
    {
        float[] sum = new float[pixels.Length];
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] = _options.OnGrid
                ? (MathF.Round(pixels[i] * 255f) + (float)Math.Truncate(change[i] * 255)) / 255f
                : (float)(pixels[i] + change[i]);
        }

        return sum;
    }

    private static void Project(double[] change, double radius)
    {
        double norm = TensorPrimitives.Norm<double>(change);
        if (norm > radius)
        {
            TensorPrimitives.Multiply(change, radius / norm, change);
        }
    }
}

/// <summary>How hard <see cref="SmoothAdvAttack"/> tries.</summary>
public sealed record SmoothAdvOptions
{
    /// <summary>The number of gradient steps, at least 1. Each is 2 / Steps of the radius long.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>The number of noise draws that each gradient is averaged over, at least 1.</summary>
    public int Samples { get; init; } = 32;

    /// <summary>Whether the result stays on the 1/255 grid of 8-bit pixels, where certificates of exact noise hold. Each change
    /// is cut to whole steps of the grid.</summary>
    public bool OnGrid { get; init; }
}
