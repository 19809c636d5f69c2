using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>A classifier beside training: its weights stay, and gradients flow through it to the images.</summary>
internal sealed class FrozenClassifier : nn.Module
{
    private readonly TorchClassifier _classifier;

    private FrozenClassifier(TorchClassifier classifier)
        : base(nameof(FrozenClassifier)) => _classifier = classifier;

    /// <summary>The number of classes that it knows.</summary>
    public int ClassCount => _classifier.ClassCount;

    /// <summary>Loads the classifier.</summary>
    /// <param name="reference">A TorchScript file, a state dict, a description of either, or a bundled name.</param>
    /// <param name="shape">The images' shape.</param>
    /// <exception cref="CertiPureException">It cannot be loaded, or has no gradients.</exception>
    public static FrozenClassifier Load(string reference, ImageShape shape)
    {
        IClassifier classifier = ModelCatalog.LoadClassifier(new ModelRequest(reference, PurifierChoice.None, 1, shape));
        if (classifier is TorchClassifier network)
        {
            network.Freeze();
            return new FrozenClassifier(network);
        }

        (classifier as IDisposable)?.Dispose();
        throw new CertiPureException(
            $"The classifier {reference} is an ONNX file, through which no gradients flow; export it as TorchScript (torch.jit.trace, then save).",
            ErrorReason.InvalidArgument);
    }

    /// <summary>From <c>[N,C,H,W]</c> in pixel space to logits, in 32-bit floats.</summary>
    public Tensor Classify(Tensor pixels) => _classifier.Logits(pixels);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _classifier.Dispose();
        }

        base.Dispose(disposing);
    }
}
