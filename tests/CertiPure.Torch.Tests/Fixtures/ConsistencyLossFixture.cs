using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using CertiPure.Torch.Training.Losses;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Consistency distillation and consistency training on OpenAI's UNet: three networks of three seeds.</summary>
internal sealed partial class ConsistencyLossFixture : IFixtureCheck
{
    private const ulong TargetSeed = 10;
    private const ulong TeacherSeed = 20;

    public bool Recognises(Fixture fixture) =>
        fixture.Reference.Contains("KarrasDenoiser.consistency_losses", StringComparison.Ordinal);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        using Denoiser student = Build(fixture, 0, new ConsistencyPreconditioning());
        using Denoiser target = Build(fixture, TargetSeed, new ConsistencyPreconditioning());
        using Denoiser teacher = Build(fixture, TeacherSeed, new EdmPreconditioning());
        foreach (string prefix in fixture.Numbers.Where(name => name.EndsWith("_index", StringComparison.Ordinal)).Select(name => name[..^6]))
        {
            Match match = Kind().Match(prefix);
            var schedule = new KarrasSchedule(int.Parse(match.Groups[3].Value, System.Globalization.CultureInfo.InvariantCulture));
            Func<Tensor, Tensor, Tensor> distance = match.Groups[2].Value == "l1" ? ImageDistance.L1 : ImageDistance.L2;
            ConsistencyLoss loss = match.Groups[1].Value == "cd"
                ? new ConsistencyDistillation(
                    Function(student), Function(target), Function(teacher), schedule, distance)
                : new ConsistencyTraining(
                    Function(student), Function(target), new TargetNetwork(new TinyPair(), new TinyPair()), distance);
            Tensor index = fixture[$"{prefix}_index"];
            Tensor levels = tensor(schedule.Levels.Select(level => (float)level).ToArray());
            foreach (FixtureComparison comparison in LossComparison.Of(fixture, prefix, student, () => loss.PerImage(
                fixture["images"], levels.index_select(0, index), levels.index_select(0, index + 1), fixture["noise"])))
            {
                yield return comparison;
            }
        }
    }

    private static Denoise Function(Denoiser denoiser) => (noisy, level) => denoiser.Denoise(noisy, level);

    private static Denoiser Build(Fixture fixture, ulong seedOffset, Preconditioning preconditioning)
    {
        var network = new ConsistencyUNet(OpenAiArguments.Read(fixture.Arguments));
        using Checkpoint weights = fixture.Weights(seedOffset);
        FixtureWeights.Load(network, weights);
        return new Denoiser(network, preconditioning);
    }

    [GeneratedRegex(@"^(cd|ct)_(l1|l2)_scales(\d+)$")]
    private static partial Regex Kind();

    /// <summary>Stands where a schedule wants a target to update; the losses' values do not depend on it.</summary>
    private sealed class TinyPair : nn.Module
    {
        public TinyPair()
            : base(nameof(TinyPair)) => register_parameter("weight", new TorchSharp.Modules.Parameter(zeros(1)));
    }
}
