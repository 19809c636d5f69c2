using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Backend;

/// <summary>The one source of random tensors, but for dropout's masks: drawn on the processor from a generator that is given, and so the
/// same numbers for every device. (The noise of certificates is drawn elsewhere, by <see cref="Smoothing.NoiseSource"/>.)</summary>
public static class RandomTensors
{
    /// <summary>Standard normal numbers, 32-bit.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="generator">The generator, on the processor.</param>
    /// <param name="device">Where the tensor goes; null for the processor.</param>
    public static Tensor Normal(long[] shape, Generator generator, Device? device = null) =>
        OnDevice(randn(shape, ScalarType.Float32, CPU, generator: generator), device);

    /// <summary>Numbers uniform in [0,1), 32-bit.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="generator">The generator, on the processor.</param>
    /// <param name="device">Where the tensor goes; null for the processor.</param>
    public static Tensor Uniform(long[] shape, Generator generator, Device? device = null) =>
        OnDevice(rand(shape, ScalarType.Float32, CPU, generator: generator), device);

    /// <summary>Integers uniform in [0, exclusiveMaximum), 64-bit.</summary>
    /// <param name="exclusiveMaximum">One above the largest.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="generator">The generator, on the processor.</param>
    /// <param name="device">Where the tensor goes; null for the processor.</param>
    public static Tensor Integers(long exclusiveMaximum, long[] shape, Generator generator, Device? device = null) =>
        OnDevice(randint(0, exclusiveMaximum, shape, ScalarType.Int64, CPU, generator: generator), device);

    private static Tensor OnDevice(Tensor drawn, Device? device) => device is null ? drawn : drawn.to(device);
}
