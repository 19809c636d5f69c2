using CertiPure.Torch.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Features;

/// <summary>AlexNet in the one-tower form (Krizhevsky 2014), a backbone of LPIPS, in torchvision's parameter names.</summary>
public sealed class AlexNet : LayeredNetwork
{
    /// <summary>Makes the network.</summary>
    /// <param name="classes">The number of classes, or 0 for the features alone.</param>
    public AlexNet(int classes = 1000)
        : base(nameof(AlexNet), Layers(), [1, 4, 7, 9, 11], [64, 192, 384, 256, 256], Classifier(classes))
    {
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<ClassifierOptions>(
        nameof(AlexNet), options => new AlexNet(options.ClassCount));

    private protected override Tensor Head(Tensor features, nn.Module<Tensor, Tensor> classifier) =>
        classifier.call(nn.functional.adaptive_avg_pool2d(features, [6, 6]).flatten(1));

    private static nn.Module<Tensor, Tensor>[] Layers() =>
    [
        nn.Conv2d(3, 64, 11, stride: 4, padding: 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, 5, padding: 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding: 1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding: 1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(3, 2),
    ];

    private static nn.Module<Tensor, Tensor>? Classifier(int classes) => classes == 0
        ? null
        : Named(
            nn.Dropout(0.5), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(4096, 4096), nn.ReLU(),
            nn.Linear(4096, classes));
}
