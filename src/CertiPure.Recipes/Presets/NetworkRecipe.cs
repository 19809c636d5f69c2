using System.Text.Json;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using TorchSharp;

namespace CertiPure.Recipes.Presets;

/// <summary>A network by its architecture's name and arguments.</summary>
/// <param name="Architecture">The architecture's name, such as <c>SongUNet</c>.</param>
/// <param name="Arguments">Its arguments in the reference code's names.</param>
public sealed record NetworkRecipe(string Architecture, JsonElement Arguments)
{
    private string OneLine => JsonSerializer.Serialize(Arguments);

    /// <summary>Builds the network with fresh weights.</summary>
    /// <typeparam name="TNetwork">What it must be.</typeparam>
    /// <param name="seed">The seed of its weights.</param>
    /// <param name="weights">The checkpoint that the recipe was read from, which no network may exceed; null where the recipe is the
    /// user's own.</param>
    /// <exception cref="CertiPureException">There is no such architecture, or its arguments are wrong.</exception>
    public TNetwork Create<TNetwork>(ulong seed, Checkpoint? weights = null)
        where TNetwork : torch.nn.Module
    {
        TNetwork network = Torch.Networks.Architecture.Named(Architecture).Create<TNetwork>(OneLine, weights);
        FreshWeights.Draw(network, seed);
        return network;
    }

    /// <summary>The error of a network that was built but does not work.</summary>
    /// <param name="error">What its first image ended in.</param>
    internal CertiPureException Unusable(Exception error) => new(
        $"A {Architecture} with the arguments {OneLine} does not work ({NativeError.Reason(error)}): change "
        + "the preset's network.arguments.",
        error,
        ErrorReason.PresetValue);

    /// <summary>What weights of this network carry, so that they can be loaded without the recipe.</summary>
    /// <param name="preconditioning">The preconditioning; null for classifiers.</param>
    public IReadOnlyDictionary<string, string> Metadata(Preconditioning? preconditioning = null) =>
        new Dictionary<string, string>(preconditioning?.Metadata ?? new Dictionary<string, string>())
        {
            [Torch.Networks.Architecture.NameKey] = Architecture,
            [Torch.Networks.Architecture.ArgumentsKey] = OneLine,
        };
}
