using CertiPure.Torch.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Features;

/// <summary>SqueezeNet 1.1 (Iandola et al. 2016), the smallest backbone of LPIPS, in torchvision's parameter names.</summary>
public sealed class SqueezeNet : LayeredNetwork
{
    /// <summary>Makes the network.</summary>
    /// <param name="classes">The number of classes, or 0 for the features alone.</param>
    public SqueezeNet(int classes = 1000)
        : base(nameof(SqueezeNet), Layers(), [1, 4, 7, 9, 10, 11, 12], [64, 128, 256, 384, 384, 512, 512], Classifier(classes))
    {
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<ClassifierOptions>(
        nameof(SqueezeNet), options => new SqueezeNet(options.ClassCount));

    private protected override Tensor Head(Tensor features, nn.Module<Tensor, Tensor> classifier) =>
        classifier.call(features).flatten(1);

    private static nn.Module<Tensor, Tensor>[] Layers() =>
    [
        nn.Conv2d(3, 64, 3, stride: 2), nn.ReLU(), Pool(),
        new FireModule(64, 16, 64), new FireModule(128, 16, 64), Pool(),
        new FireModule(128, 32, 128), new FireModule(256, 32, 128), Pool(),
        new FireModule(256, 48, 192), new FireModule(384, 48, 192),
        new FireModule(384, 64, 256), new FireModule(512, 64, 256),
    ];

    private static nn.Module<Tensor, Tensor> Pool() => nn.MaxPool2d(3, 2, ceil_mode: true);

    private static nn.Module<Tensor, Tensor>? Classifier(int classes) =>
        classes == 0 ? null : Named(nn.Dropout(0.5), nn.Conv2d(512, classes, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1));

    /// <summary>Squeezes to few channels, then expands by 1x1 and by 3x3 kernels side by side (section 3.1).</summary>
    private sealed class FireModule : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> squeeze;
        private readonly nn.Module<Tensor, Tensor> expand1x1;
        private readonly nn.Module<Tensor, Tensor> expand3x3;

        public FireModule(int inputs, int squeezed, int expanded)
            : base(nameof(FireModule))
        {
            squeeze = nn.Conv2d(inputs, squeezed, 1);
            expand1x1 = nn.Conv2d(squeezed, expanded, 1);
            expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor squeezed = nn.functional.relu(squeeze.call(input));
            return cat([nn.functional.relu(expand1x1.call(squeezed)), nn.functional.relu(expand3x3.call(squeezed))], 1);
        }
    }
}
