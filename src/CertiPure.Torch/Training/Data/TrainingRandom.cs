using CertiPure.Torch.Backend;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Data;

/// <summary>
/// All randomness of one training step, as a function of (seed, step, micro-batch) alone. Nothing has to be saved to
/// resume exactly: a resumed run asks for the same step and gets the same numbers.
/// </summary>
public sealed class TrainingRandom : IDisposable
{
    private readonly Generator _generator;
    private readonly ulong _dropoutSeed;
    private readonly Device _device;

    /// <summary>The randomness of one micro-batch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The optimizer step, from 0.</param>
    /// <param name="microBatch">The part of the step when gradients are accumulated, from 0.</param>
    /// <param name="device">Where drawn tensors go. They are drawn on the CPU: the same numbers for every device.</param>
    public TrainingRandom(ulong seed, long step, int microBatch, Device? device = null)
    {
        ulong stepSeed = SplitMix64.Mix(SplitMix64.Mix(seed, (ulong)step), (ulong)microBatch);
        _generator = new Generator(SplitMix64.Mix(stepSeed, 1), CPU);
        _dropoutSeed = SplitMix64.Mix(stepSeed, 2);
        _device = device ?? CPU;
    }

    /// <summary>Draws standard normal numbers of the given shape, 32-bit.</summary>
    public Tensor Normal(params long[] shape) => RandomTensors.Normal(shape, _generator, _device);

    /// <summary>Draws numbers uniform in [0,1) of the given shape, 32-bit.</summary>
    public Tensor Uniform(params long[] shape) => RandomTensors.Uniform(shape, _generator, _device);

    /// <summary>Draws integers uniform in [0, exclusiveMaximum) of the given shape, 64-bit.</summary>
    public Tensor Integers(long exclusiveMaximum, params long[] shape) =>
        RandomTensors.Integers(exclusiveMaximum, shape, _generator, _device);

    /// <summary>
    /// Sets the ambient generator that dropout draws from, so that every forward pass of this micro-batch that begins with
    /// this call drops the same units (ECT and CT evaluate two noise levels under one mask).
    /// </summary>
    public void FixDropoutMask() => random.manual_seed((long)(_dropoutSeed >> 1));

    /// <inheritdoc/>
    public void Dispose() => _generator.Dispose();
}
