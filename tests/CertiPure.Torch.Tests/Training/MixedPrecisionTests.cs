using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Tests.Checkpoints;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

/// <summary>What training in bfloat16 rounds and what it must not.</summary>
public sealed class MixedPrecisionTests : IDisposable
{
    private static readonly TrainerOptions Options = new()
    {
        Seed = 3,
        Steps = 12,
        BatchSize = 16,
        LearningRate = 1e-3,
        EmaDecays = [0.5],
    };

    private readonly TemporaryFolder _folder = new();
    private readonly TrainingData _data = TinyData.Create();

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_classifier_with_batch_normalisation_learns_in_bfloat16_as_in_32_bits()
    {
        using CifarResNet exact = Classifier(), rounded = Classifier();
        using Trainer inFull = Train(exact, TrainingPrecision.Fp32), inHalf = Train(rounded, TrainingPrecision.Bf16);
        for (int step = 0; step < Options.Steps; step++)
        {
            (double loss, double norm) = inFull.Step();
            (double roundedLoss, double roundedNorm) = inHalf.Step();
            Assert.Equal(1, roundedLoss / loss, 0.03);
            Assert.Equal(1, roundedNorm / norm, 0.1);
        }

        Dictionary<string, Tensor> statistics = exact.named_buffers().ToDictionary(entry => entry.name, entry => entry.buffer);
        foreach ((string name, Tensor buffer) in rounded.named_buffers().Where(entry => entry.buffer.is_floating_point()))
        {
            // Had the moving average itself been rounded, every value would be one of bfloat16's.
            Assert.Equal(ScalarType.Float32, buffer.dtype);
            Assert.False(Same(buffer, buffer.to(ScalarType.BFloat16).to(ScalarType.Float32)), name);
            double difference = (buffer - statistics[name]).norm().item<float>() / statistics[name].norm().item<float>();
            Assert.True(difference < 0.02, $"{name} differs by {difference:P1}.");
        }

        Assert.All(
            rounded.named_parameters(),
            entry => Assert.Equal(
                entry.name.Contains("bn", StringComparison.Ordinal) ? ScalarType.Float32 : ScalarType.BFloat16, entry.parameter.dtype));
    }

    [Fact]
    public void The_frequencies_of_the_noise_level_are_not_rounded()
    {
        using var network = new SongUNet(new SongUNetOptions
        {
            Resolution = 8,
            Channels = 1,
            ModelChannels = 8,
            ChannelMult = [1],
            NumBlocks = 1,
            AttnResolutions = [],
            ChannelMultNoise = 2,
            EmbeddingType = SongUNetEmbedding.Fourier,
            EncoderType = SongUNetEncoder.Residual,
            ResampleFilter = [1, 3, 3, 1],
        });
        FreshWeights.Draw(network, seed: 4);
        using var denoiser = new Denoiser(network, new EdmPreconditioning());
        (string name, Tensor buffer) = Assert.Single(denoiser.named_buffers());
        Tensor drawn = buffer.clone();
        using var trainer = new Trainer(
            denoiser,
            new EdmLoss((noisy, level) => denoiser.Denoise(noisy, level), new LogNormalLevels(-0.5, 1)),
            _data,
            Options with { Precision = TrainingPrecision.Bf16 },
            Run("fourier"));
        trainer.Step();
        Assert.True(Same(denoiser.named_buffers().Single().buffer, drawn));
        using Checkpoint result = trainer.Result();
        Assert.True(CheckpointLoader.ToTensor(result[name]).allclose(drawn, 1e-6, 0));
        Assert.False(Same(drawn, drawn.to(ScalarType.BFloat16).to(ScalarType.Float32)));
    }

    private static bool Same(Tensor a, Tensor b) => a.eq(b).all().item<bool>();

    private static CifarResNet Classifier()
    {
        var network = new CifarResNet(new CifarResNetOptions { Depth = 8, Channels = 1, Width = 8, ClassCount = 2 });
        FreshWeights.Draw(network, seed: 7);
        return network;
    }

    private Trainer Train(CifarResNet network, TrainingPrecision precision) => new(
        network,
        new ClassificationLoss(
            pixels => network.call(pixels.to(network.parameters().First().dtype)).to(ScalarType.Float32)),
        _data,
        Options with { Precision = precision },
        Run(precision.ToString()));

    private TrainingRun Run(string name) => new(_folder[name], name, new TrainedPart(new Dictionary<string, string>()));
}
