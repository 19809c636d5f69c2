using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks;

/// <summary>
/// A classifier of the plain kind, one layer after another, whose activations at a few layers serve as perceptual
/// features (LPIPS). Parameter names are torchvision's: <c>features.N.*</c> and <c>classifier.N.*</c>.
/// </summary>
public abstract class LayeredNetwork : nn.Module<Tensor, Tensor>, IFreshWeights
{
    private readonly nn.Module<Tensor, Tensor>[] _features;
    private readonly nn.Module<Tensor, Tensor>? _classifier;
    private readonly int[] _taps;

    /// <summary>Registers the layers under torchvision's names.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="features">The convolutional layers, in order; layer N is named <c>features.N</c>.</param>
    /// <param name="taps">After which layers a perceptual feature is taken, ascending.</param>
    /// <param name="channels">The number of channels of each perceptual feature.</param>
    /// <param name="classifier">The layers from features to logits, or null for a network without them.</param>
    private protected LayeredNetwork(
        string name,
        nn.Module<Tensor, Tensor>[] features,
        int[] taps,
        int[] channels,
        nn.Module<Tensor, Tensor>? classifier)
        : base(name)
    {
        _features = features;
        _taps = taps;
        _classifier = classifier;
        FeatureChannels = channels;
        register_module("features", Named(features));
        if (classifier is not null)
        {
            register_module("classifier", classifier);
        }
    }

    /// <summary>The number of channels of each perceptual feature, in order.</summary>
    public IReadOnlyList<int> FeatureChannels { get; }

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, StandardWeights.He);

    /// <summary>Computes the perceptual features.</summary>
    /// <param name="x"><c>[N,3,H,W]</c>, normalised as the network was trained (mean 0, standard deviation 1).</param>
    /// <returns>One <c>[N,channels,h,w]</c> for each entry of <see cref="FeatureChannels"/>.</returns>
    public IReadOnlyList<Tensor> Features(Tensor x)
    {
        var taken = new List<Tensor>(_taps.Length);
        for (int layer = 0; taken.Count < _taps.Length; layer++)
        {
            x = _features[layer].call(x);
            if (layer == _taps[taken.Count])
            {
                taken.Add(x);
            }
        }

        return taken;
    }

    /// <summary>Computes logits.</summary>
    /// <param name="input"><c>[N,3,H,W]</c>, normalised as the network was trained.</param>
    /// <returns><c>[N,classes]</c>.</returns>
    /// <exception cref="InvalidOperationException">The network was made without its classifier.</exception>
    public override Tensor forward(Tensor input)
    {
        if (_classifier is null)
        {
            throw new InvalidOperationException(
                $"{GetName()} was made without its classifier, so it has features but no logits.");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor h = input;
        foreach (nn.Module<Tensor, Tensor> layer in _features)
        {
            Tensor next = layer.call(h);
            if (!ReferenceEquals(h, input))
            {
                h.Dispose();
            }

            h = next;
        }

        return Head(h, _classifier).MoveToOuterDisposeScope();
    }

    /// <summary>From the last layer's activations to logits.</summary>
    private protected abstract Tensor Head(Tensor features, nn.Module<Tensor, Tensor> classifier);

    /// <summary>Layers in a row, each named by its position.</summary>
    private protected static nn.Module<Tensor, Tensor> Named(params nn.Module<Tensor, Tensor>[] layers) =>
        nn.Sequential(layers.Select((layer, index) =>
            (index.ToString(System.Globalization.CultureInfo.InvariantCulture), layer)));
}
