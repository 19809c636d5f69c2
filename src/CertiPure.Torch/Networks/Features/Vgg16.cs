using CertiPure.Torch.Networks.Classifiers;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Features;

/// <summary>VGG-16 without batch normalisation (Simonyan and Zisserman 2015), the LPIPS backbone of the paper's
/// fine-tuning, in torchvision's parameter names.</summary>
public sealed class Vgg16 : LayeredNetwork
{
    /// <summary>Makes the network.</summary>
    /// <param name="classes">The number of classes, or 0 for the features alone.</param>
    public Vgg16(int classes = 1000)
        : base(nameof(Vgg16), Layers(), [3, 8, 15, 22, 29], [64, 128, 256, 512, 512], Classifier(classes))
    {
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<ClassifierOptions>(
        nameof(Vgg16), options => new Vgg16(options.ClassCount));

    private protected override Tensor Head(Tensor features, nn.Module<Tensor, Tensor> classifier) =>
        classifier.call(nn.functional.adaptive_avg_pool2d(features, [7, 7]).flatten(1));

    private static nn.Module<Tensor, Tensor>[] Layers()
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        int inputs = 3;
        foreach ((int count, int outputs) in new[] { (2, 64), (2, 128), (3, 256), (3, 512), (3, 512) })
        {
            for (int i = 0; i < count; i++)
            {
                layers.Add(nn.Conv2d(inputs, outputs, 3, padding: 1));
                layers.Add(nn.ReLU());
                inputs = outputs;
            }

            layers.Add(nn.MaxPool2d(2, 2));
        }

        return [.. layers];
    }

    private static nn.Module<Tensor, Tensor>? Classifier(int classes) => classes == 0
        ? null
        : Named(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(4096, classes));
}
