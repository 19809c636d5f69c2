using CertiPure.Images;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using CertiPure.Torch.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training.Methods;

/// <summary>Small networks and images on which every training method shows whether it works: training images, others that are
/// held out, a diffusion teacher and a classifier that know them a little.</summary>
internal sealed class MethodBench : IDisposable
{
    private const string Package = "/usr/share/datasets/fashion-mnist";
    private readonly List<IDisposable> _owned = [];
    private readonly SongUNetOptions _network;
    private readonly CifarResNetOptions _classifier;
    private readonly Dictionary<string, Tensor> _teacher;
    private readonly Dictionary<string, Tensor> _classifierWeights;
    private readonly TrainingData _heldOut;

    private MethodBench(
        TrainingData data, TrainingData heldOut, SongUNetOptions network, CifarResNetOptions classifier, int steps)
    {
        Data = Own(data);
        _heldOut = Own(heldOut);
        _network = network;
        _classifier = classifier;
        Steps = steps;
        using Denoiser teacher = Build(new EdmPreconditioning());
        FreshWeights.Draw(teacher.Network, 1);
        Train(teacher, new EdmLoss(Function(teacher), new LogNormalLevels(-0.4, 0.9)), 2 * steps, seed: 2);
        _teacher = Copy(teacher);
        using CifarResNet plain = BuildClassifier();
        FreshWeights.Draw(plain, 3);
        Train(plain, new ClassificationLoss(plain.call), steps / 2, seed: 4);
        _classifierWeights = Copy(plain);
    }

    /// <summary>The training images.</summary>
    public TrainingData Data { get; }

    /// <summary>Optimizer steps of a method.</summary>
    public int Steps { get; }

    /// <summary>Bars of 8x8 pixels: seconds for all methods.</summary>
    public static MethodBench OfBars() => new(
        Bars(150),
        Bars(120),
        new SongUNetOptions
        {
            Resolution = 8,
            Channels = 1,
            ModelChannels = 16,
            ChannelMult = [1],
            NumBlocks = 1,
            AttnResolutions = [],
            Dropout = 0,
        },
        new CifarResNetOptions { Depth = 8, Channels = 1, Width = 8, ClassCount = 2 },
        steps: 60);

    /// <summary>Fashion-MNIST: minutes.</summary>
    public static MethodBench OfFashionMnist()
    {
        Assert.SkipUnless(Directory.Exists(Package), "The Debian package dataset-fashion-mnist is not installed.");
        string[] classes = [.. Enumerable.Range(0, 10).Select(i => $"{i}")];
        ImageSet images = Idx.ReadFolder(Package, "train", "fashion-mnist", classes);
        ImageSet others = Idx.ReadFolder(Package, "test", "fashion-mnist", classes);
        return new MethodBench(
            TrainingData.Load(images, [.. Enumerable.Range(0, 4000)]),
            TrainingData.Load(others, [.. Enumerable.Range(0, 200)]),
            new SongUNetOptions
            {
                Resolution = 28,
                Channels = 1,
                Patch = 4,
                ModelChannels = 32,
                ChannelMult = [1],
                NumBlocks = 1,
                AttnResolutions = [],
                Dropout = 0,
            },
            new CifarResNetOptions { Depth = 8, Channels = 1, Patch = 2, Width = 8, ClassCount = 10 },
            steps: 300);
    }

    /// <summary>A network with the teacher's weights under a preconditioning; without it, with fresh ones.</summary>
    public Denoiser Network(Preconditioning preconditioning, bool fresh = false)
    {
        Denoiser denoiser = Own(Build(preconditioning));
        if (fresh)
        {
            FreshWeights.Draw(denoiser.Network, 5);
        }
        else
        {
            Restore(denoiser, _teacher);
        }

        return denoiser;
    }

    /// <summary>A classifier that has seen a few clean images.</summary>
    public CifarResNet Classifier()
    {
        CifarResNet network = Own(BuildClassifier());
        Restore(network, _classifierWeights);
        return network;
    }

    /// <summary>A network of two classes with fresh weights.</summary>
    public CifarResNet Selector()
    {
        var network = Own(new CifarResNet(_classifier with { ClassCount = 2 }));
        FreshWeights.Draw(network, 5);
        return network;
    }

    /// <summary>The network as a function of images and levels.</summary>
    public static Denoise Function(Denoiser denoiser) => (noisy, level) => denoiser.Denoise(noisy, level);

    /// <summary>Trains a network.</summary>
    public void Train(nn.Module network, TrainingLoss loss, int steps, ulong seed = 6)
    {
        network.train();
        var options = new TrainerOptions
        {
            Seed = seed,
            Steps = steps,
            BatchSize = 20,
            LearningRate = 2e-3,
            WarmupSteps = steps / 10,
            Decay = LearningRateDecay.Cosine,
            GradientClip = 1,
            EmaDecays = [],
        };
        using var trainer = new Trainer(
            network, loss, Data, options, new TrainingRun("unused", "bench", new TrainedPart(new Dictionary<string, string>())));
        for (int step = 0; step < steps; step++)
        {
            trainer.Step();
        }
    }

    /// <summary>The mean loss on images that were held out, always with the same draws, half-way through the run.</summary>
    public double HeldOut(nn.Module network, TrainingLoss loss)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.eval();
        double sum = 0;
        const int Repetitions = 4;
        for (int i = 0; i < Repetitions; i++)
        {
            using var random = new TrainingRandom(99, i, 0);
            TrainingBatch all = _heldOut.Batch(
                [.. Enumerable.Range(0, _heldOut.Count).Select(id => (long)id)], new Augmentation(), random, CPU);
            sum += loss.PerImage(all, new TrainingStep(Steps / 2, Steps, random)).mean().item<float>();
        }

        network.train();
        return sum / Repetitions;
    }

    public T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }

    public void Dispose()
    {
        _owned.ForEach(part => part.Dispose());
        foreach (Tensor tensor in _teacher.Values.Concat(_classifierWeights.Values))
        {
            tensor.Dispose();
        }
    }

    private static TrainingData Bars(int brightness)
    {
        Tensor pixels = zeros([TinyData.Count, 1, 8, 8], ScalarType.Byte);
        var labels = new long[TinyData.Count];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = i % 2;
            using Tensor image = pixels[i, 0];
            using Tensor bar = image.narrow(i % 2, i / 2 % 6, 2);
            bar.fill_(brightness + i);
        }

        return new TrainingData(pixels, tensor(labels), classCount: 2);
    }

    private static Dictionary<string, Tensor> Copy(nn.Module network) =>
        network.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());

    private static void Restore(nn.Module network, Dictionary<string, Tensor> weights)
    {
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in network.state_dict())
        {
            tensor.copy_(weights[name]);
        }
    }

    private Denoiser Build(Preconditioning preconditioning) => new(new SongUNet(_network), preconditioning);

    private CifarResNet BuildClassifier() => new(_classifier);
}
