using CertiPure.Images;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>A purifier whose network runs on TorchSharp. One small class per method; this one does what they share.</summary>
public abstract class TorchPurifier : IPurifier, IDisposable
{
    private readonly Denoiser _denoiser;

    /// <summary>Takes over a denoiser.</summary>
    /// <exception cref="CertiPureException">The denoiser is class-conditional, and its class is not fixed
    /// (<see cref="Denoiser.WithFixedLabel"/>).</exception>
    private protected TorchPurifier(Denoiser denoiser, Precision precision, Device? device)
    {
        if (denoiser.Network.LabelCount > 0)
        {
            throw new CertiPureException(
                $"The network is conditioned on {denoiser.Network.LabelCount} classes, and a purifier must not see an image's label, so all "
                + "images need one fixed class.",
                ErrorReason.PurifierLabelMissing);
        }

        _denoiser = denoiser;
        Shape = denoiser.Network.Shape;
        Device = device ?? CPU;
        denoiser.eval();
        NetworkPrecision.Convert(denoiser, precision, Device.type);
        denoiser.to(Device);
    }

    /// <inheritdoc/>
    public abstract string Method { get; }

    /// <summary>The shape of the images that it takes and gives.</summary>
    public ImageShape Shape { get; }

    /// <summary>Where its network runs.</summary>
    public Device Device { get; }

    /// <inheritdoc/>
    public abstract int NetworkCalls(double sigma);

    /// <inheritdoc/>
    public ImageBatch Purify(ImageBatch noisy, double sigma)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        if (noisy.Shape != Shape)
        {
            throw new ArgumentException($"Expected images of {Shape}, got {noisy.Shape}.", nameof(noisy));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = inference_mode();
        Tensor purified = Purify(PixelTensor.Upload(noisy, Device), sigma);
        return new ImageBatch(Shape, PixelTensor.Download(purified));
    }

    /// <summary>Purifies a batch that stays on the device.</summary>
    /// <param name="noisy"><c>[N,C,H,W]</c> in pixel space, float32.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <returns><c>[N,C,H,W]</c> in pixel space, float32.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Sigma is not a finite number above 0.</exception>
    public Tensor Purify(Tensor noisy, double sigma)
    {
        ArgumentNullException.ThrowIfNull(noisy);
        using DisposeScope scope = NewDisposeScope();
        Tensor restored = Restore(NetworkSpace.FromPixels(noisy), sigma);
        return NetworkSpace.ToPixels(restored).MoveToOuterDisposeScope();
    }

    /// <summary>The purifier as a piece of a graph, at one noise level.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="noisy"><c>[N,C,H,W]</c> in pixel space.</param>
    /// <param name="sigma">The noise level in pixel space, above 0.</param>
    /// <returns><c>[N,C,H,W]</c> in pixel space.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Sigma is not a finite number above 0.</exception>
    /// <exception cref="CertiPureException">The network cannot write itself as a graph.</exception>
    public GraphValue Write(GraphBuilder graph, GraphValue noisy, double sigma)
    {
        using IDisposable inference = inference_mode();
        return NetworkSpace.ToPixels(graph, Restore(graph, NetworkSpace.FromPixels(graph, noisy), sigma));
    }

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        _denoiser.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Restores images in network space.</summary>
    /// <param name="noisy">y, <c>[N,C,H,W]</c>: about [-1,1] plus noise of level 2 sigma.</param>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <returns>About [-1,1].</returns>
    protected abstract Tensor Restore(Tensor noisy, double sigma);

    /// <summary>The same as a piece of a graph.</summary>
    private protected abstract GraphValue Restore(GraphBuilder graph, GraphValue noisy, double sigma);

    /// <summary>Estimates the clean images, all at one level, whose embedding is then computed once and not once per
    /// image.</summary>
    /// <param name="noisy">y in network space.</param>
    /// <param name="t">The level in network space.</param>
    private protected Tensor Denoise(Tensor noisy, double t) => _denoiser.Denoise(noisy, tensor([(float)t], device: Device));

    /// <summary>The same as a piece of a graph.</summary>
    private protected GraphValue Denoise(GraphBuilder graph, GraphValue noisy, double t) => _denoiser.Write(graph, noisy, t);

    private protected static void RequireDiffusionModel(Denoiser denoiser)
    {
        if (denoiser.Preconditioning is ConsistencyPreconditioning or DdpmPreconditioning)
        {
            throw new CertiPureException(
                $"The weights' preconditioning is {denoiser.Preconditioning.Name}, not EDM's: use them with the purifier "
                + $"{denoiser.Preconditioning.Name}.");
        }
    }
}
