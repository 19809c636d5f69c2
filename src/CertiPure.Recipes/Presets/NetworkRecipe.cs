using System.Text.Json;
using CertiPure.Torch.Networks;
using TorchSharp;

namespace CertiPure.Recipes.Presets;

/// <summary>A network by its architecture's name and arguments.</summary>
/// <param name="Architecture">The architecture's name, such as <c>SongUNet</c>.</param>
/// <param name="Arguments">Its arguments in the reference code's names.</param>
public sealed record NetworkRecipe(string Architecture, JsonElement Arguments)
{
    /// <summary>Builds the network with fresh weights.</summary>
    /// <typeparam name="TNetwork">What it must be.</typeparam>
    /// <param name="seed">The seed of its weights.</param>
    /// <exception cref="CertiPureException">There is no such architecture, or its arguments are wrong.</exception>
    public TNetwork Create<TNetwork>(ulong seed)
        where TNetwork : torch.nn.Module
    {
        TNetwork network = Torch.Networks.Architecture.Named(Architecture).Create<TNetwork>(Arguments.GetRawText());
        FreshWeights.Draw(network, seed);
        return network;
    }

    /// <summary>What weights of this network carry, so that they can be loaded without the recipe.</summary>
    /// <param name="preconditioning">The preconditioning's name; null for classifiers.</param>
    public IReadOnlyDictionary<string, string> Metadata(string? preconditioning = null)
    {
        var metadata = new Dictionary<string, string>
        {
            ["architecture"] = Architecture,
            ["arguments"] = JsonSerializer.Serialize(Arguments),
        };
        if (preconditioning is not null)
        {
            metadata["preconditioning"] = preconditioning;
        }

        return metadata;
    }
}
