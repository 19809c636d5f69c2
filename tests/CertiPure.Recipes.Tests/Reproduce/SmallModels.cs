using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Reproduce;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Purifiers;
using TorchSharp;

namespace CertiPure.Recipes.Tests.Reproduce;

/// <summary>A folder with tiny untrained networks under the names of a bundled model, and images of noise.</summary>
internal sealed class SmallModels : IDisposable
{
    public const string Name = "fashion-mnist";

    private const string SmallUNet =
        """{"img_resolution":28,"img_channels":1,"patch":4,"model_channels":64,"channel_mult":[1],"num_blocks":1,"attn_resolutions":[],"dropout":0}""";

    public SmallModels(params IReadOnlyList<string> purifiers)
    {
        LibTorch.Load();
        Folder = Directory.CreateTempSubdirectory("certipure-reproduce-").FullName;
        Models = Directory.CreateDirectory(At("models", Name)).FullName;
        SaveClassifier(Path.Combine(Models, "classifier.safetensors"), 5);
        foreach (string role in purifiers)
        {
            string kind = role is "edm" or "ddpm" ? role : "consistency";
            Save("SongUNet", SmallUNet, Path.Combine(Models, role + ".safetensors"), 6, PurifierCheckpoint.Metadata(
                "SongUNet", SmallUNet, Preconditioning.Named(kind)));
        }
    }

    public string Folder { get; }

    public string Models { get; }

    public ReproductionOptions Options => new()
    {
        Scale = Tiny,
        Folder = At("out"),
        Weights = Weights,
        WeightsName = "tiny networks",
        Locations = Locations,
    };

    public BundledWeights Weights => new(new BundledModels(At("models")), Name, Name, Locations);

    public DataLocations Locations => new([At("data")], At("data"));

    /// <summary>Seconds of work: three images, a dozen draws.</summary>
    public static ReproductionScale Tiny { get; } = ReproductionScale.Quick with
    {
        Name = "tiny",
        Sigmas = [0.5],
        Images = ImageSelection.Parse("0,2,4"),
        SelectionDraws = 4,
        EstimationDraws = 12,
        OdeImages = ImageSelection.Parse("0"),
        OdeDraws = 12,
        TransportSigmas = [0.5, 1],
        TransportImages = ImageSelection.Parse("0..3"),
        AssignedImages = 3,
        FrechetImages = ImageSelection.All,
        ImageNet64 = new OpenAiUNetOptions
        {
            ImageSize = 32, ModelChannels = 32, ResidualBlocks = 1, AttentionResolutions = [8], HeadChannels = 32, Classes = 10,
            ResidualUpDown = true,
        },
    };

    public string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>A consistency model conditioned on three classes.</summary>
    public static void SaveConditionalPurifier(string path)
    {
        string arguments = SmallUNet.Replace("\"dropout\"", "\"label_dim\":3,\"dropout\"", StringComparison.Ordinal);
        Save("SongUNet", arguments, path, 7, PurifierCheckpoint.Metadata("SongUNet", arguments, Preconditioning.Named("consistency")));
    }

    /// <summary>Writes a classifier, whose last layers have four times as many channels as its width.</summary>
    public static void SaveClassifier(string path, ulong seed, int width = 16)
    {
        string arguments = $$"""{"depth":8,"img_channels":1,"width":{{width}},"num_classes":10}""";
        Save("CifarResNet", arguments, path, seed, ClassifierCheckpoint.Metadata(
            "CifarResNet", arguments, new ImageShape(1, 28, 28), new PixelNormalization([0.5], [0.5])));
    }

    public static ImageSet Images()
    {
        var pixels = new byte[6 * 784];
        new Random(3).NextBytes(pixels);
        return new ImageSet(
            "noise", "test", new ImageShape(1, 28, 28), pixels, [0, 1, 2, 3, 4, 5], [.. Enumerable.Range(0, 10).Select(i => $"class {i}")]);
    }

    /// <summary>The images with noise of sigma 0.5.</summary>
    public static ImageBatch NoisyImages()
    {
        ImageSet images = Images();
        var noisy = new ImageBatch(images.Shape, images.Count);
        for (int i = 0; i < images.Count; i++)
        {
            new NoiseSource(1).AddNoise(images.Read(i).ToPixels(), i, NoisePhase.Display, 0, 0.5, noisy[i]);
        }

        return noisy;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Save(
        string architecture, string arguments, string path, ulong seed, IReadOnlyDictionary<string, string> metadata)
    {
        using torch.nn.Module network = Architecture.Named(architecture).Create<torch.nn.Module>(arguments);
        FreshWeights.Draw(network, seed);
        SafeTensors.Write(path, ModuleState.Capture(network, metadata));
    }
}
