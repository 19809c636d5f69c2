using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>DDPM++ and NCSN++ under EDM's, VP's or VE's preconditioning.</summary>
internal sealed partial class SongUNetFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) =>
        Reference().IsMatch(fixture.Reference)
        && fixture.Arguments.TryGetProperty("model_type", out var type) && type.GetString() == "SongUNet";

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        using Denoiser denoiser = Build(fixture);
        denoiser.eval();
        yield return FixtureComparison.Of(fixture, "denoised", denoiser.Denoise(fixture["x"], fixture["sigma"]));
    }

    /// <summary>The fixture's network with its weights, ready to be trained.</summary>
    public static Denoiser Build(Fixture fixture)
    {
        JsonObject arguments = JsonNode.Parse(fixture.Arguments.GetRawText())!.AsObject();
        arguments.Remove("model_type");
        var network = SongUNet.Architecture.Create<DiffusionNetwork>(arguments.ToJsonString());
        Match match = Reference().Match(fixture.Reference);
        string preconditioning = match.Success ? match.Groups[1].Value.ToLowerInvariant() : "edm";
        var denoiser = new Denoiser(network, Preconditioning.Named(preconditioning));
        using Checkpoint weights = fixture.Weights();
        CheckpointLoader.Load(denoiser, weights);
        return denoiser;
    }

    [GeneratedRegex("networks.py (EDM|VP|VE)Precond")]
    private static partial Regex Reference();
}
