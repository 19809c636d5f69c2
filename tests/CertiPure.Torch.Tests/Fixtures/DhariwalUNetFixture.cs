using System.Text.Json.Nodes;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>ADM under EDM's preconditioning, conditional or not.</summary>
internal sealed class DhariwalUNetFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) =>
        fixture.Reference.Contains("networks.py EDMPrecond", StringComparison.Ordinal)
        && fixture.Arguments.TryGetProperty("model_type", out var type) && type.GetString() == "DhariwalUNet";

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        JsonObject arguments = JsonNode.Parse(fixture.Arguments.GetRawText())!.AsObject();
        arguments.Remove("model_type");
        using var denoiser = new Denoiser(
            DhariwalUNet.Architecture.Create<DiffusionNetwork>(arguments.ToJsonString()), new EdmPreconditioning());
        using Checkpoint weights = fixture.Weights();
        FixtureWeights.Load(denoiser, weights);
        Tensor? labels = fixture.Has("class_labels") ? fixture["class_labels"] : null;
        yield return FixtureComparison.Of(fixture, "denoised", denoiser.Denoise(fixture["x"], fixture["sigma"], labels));
    }
}
