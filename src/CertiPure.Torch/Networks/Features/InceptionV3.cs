using System.Text.Json;
using CertiPure.Torch.Purifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Features;

/// <summary>
/// Inception-v3 (Szegedy et al. 2016) as the Fréchet inception distance uses it: the network of the TensorFlow weights of
/// December 2015, whose average pooling leaves padding out and whose last block pools by the maximum. Parameter names are
/// those of pytorch-fid's weights file.
/// </summary>
public sealed class InceptionV3 : nn.Module<Tensor, Tensor>, IFreshWeights
{
    /// <summary>The number of features, the width of the layer called pool3.</summary>
    public const int FeatureCount = 2048;

    private const int Side = 299;

    private readonly List<Func<Tensor, Tensor>> _layers = [];

    /// <summary>Makes the network.</summary>
    public InceptionV3()
        : base(nameof(InceptionV3))
    {
        Add("Conv2d_1a_3x3", new InceptionConvolution(3, 32, 3, stride: 2));
        Add("Conv2d_2a_3x3", new InceptionConvolution(32, 32, 3));
        Add("Conv2d_2b_3x3", new InceptionConvolution(32, 64, 3, padding: 1));
        _layers.Add(InceptionBlock.ReducingMaximum);
        Add("Conv2d_3b_1x1", new InceptionConvolution(64, 80, 1));
        Add("Conv2d_4a_3x3", new InceptionConvolution(80, 192, 3));
        _layers.Add(InceptionBlock.ReducingMaximum);
        Add("Mixed_5b", InceptionBlock.A(192, 32));
        Add("Mixed_5c", InceptionBlock.A(256, 64));
        Add("Mixed_5d", InceptionBlock.A(288, 64));
        Add("Mixed_6a", InceptionBlock.B(288));
        Add("Mixed_6b", InceptionBlock.C(768, 128));
        Add("Mixed_6c", InceptionBlock.C(768, 160));
        Add("Mixed_6d", InceptionBlock.C(768, 160));
        Add("Mixed_6e", InceptionBlock.C(768, 192));
        Add("Mixed_7a", InceptionBlock.D(768));
        Add("Mixed_7b", InceptionBlock.E(1280, InceptionBlock.Average));
        Add("Mixed_7c", InceptionBlock.E(2048, InceptionBlock.Maximum));

        // Part of the published weights, though no feature comes from it: 1,008 classes.
        register_module("fc", nn.Linear(FeatureCount, 1008));
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = new(
        nameof(InceptionV3),
        arguments => arguments.EnumerateObject().Any() ? throw new JsonException("it takes none") : new InceptionV3());

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, StandardWeights.He);

    /// <summary>Computes the features that the Fréchet distance compares.</summary>
    /// <param name="input"><c>[N,3,H,W]</c> in pixel space, [0,1]; resized bilinearly to 299x299 and mapped to 2x - 1.</param>
    /// <returns><c>[N,2048]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor resized = nn.functional.interpolate(input, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);
        Tensor h = NetworkSpace.FromPixels(resized);
        foreach (Func<Tensor, Tensor> layer in _layers)
        {
            using Tensor used = h;
            h = layer(used);
        }

        return h.mean([2, 3]).MoveToOuterDisposeScope();
    }

    private void Add(string name, nn.Module<Tensor, Tensor> layer)
    {
        register_module(name, layer);
        _layers.Add(layer.call);
    }
}
