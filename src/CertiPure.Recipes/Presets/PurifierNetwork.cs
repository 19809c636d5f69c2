using System.Text.Json;
using System.Text.Json.Nodes;
using CertiPure.Images;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>The network of a purifier in training: fresh, or from the weights of an earlier training.</summary>
/// <param name="Denoiser">The network with its preconditioning.</param>
/// <param name="Recipe">Architecture and arguments.</param>
internal sealed record PurifierNetwork(Denoiser Denoiser, NetworkRecipe Recipe)
{
    /// <summary>The network as a function.</summary>
    public Denoise Denoise => (noisy, level) => Denoiser.Denoise(noisy, level);

    /// <summary>What the raw network computes in at the moment.</summary>
    public ScalarType ComputeType => Denoiser.Network.parameters().First().dtype;

    public IReadOnlyDictionary<string, string> Metadata => Recipe.Metadata(Denoiser.Preconditioning);

    public static PurifierNetwork Fresh(NetworkRecipe recipe, Preconditioning preconditioning, ulong seed) =>
        CreateChecked(new Denoiser(recipe.Create<DiffusionNetwork>(seed), preconditioning), recipe);

    /// <summary>Another network of the same architecture and preconditioning, its weights to be set.</summary>
    public PurifierNetwork Copy() => Fresh(Recipe, Denoiser.Preconditioning, seed: 0);

    /// <summary>Excludes the network from training.</summary>
    public void Freeze()
    {
        Denoiser.eval();
        foreach (Tensor parameter in Denoiser.parameters())
        {
            parameter.requires_grad_(false);
        }
    }

    /// <summary>Checks that the network fits the images.</summary>
    /// <exception cref="CertiPureException">It does not.</exception>
    public void RequireShape(ImageShape shape)
    {
        if (Denoiser.Network.Shape != shape)
        {
            throw new CertiPureException(
                $"The network takes images of {Denoiser.Network.Shape} and the data set has {shape}: choose a preset made for these "
                + "images.");
        }
    }

    /// <summary>Starts from weights, under a preconditioning of choice.</summary>
    /// <param name="path">A checkpoint of any form that certification loads.</param>
    /// <param name="preconditioning">The preconditioning's name; null for that of the weights.</param>
    /// <param name="dropout">The dropout probability in this training; null for that of the weights' arguments.</param>
    public static PurifierNetwork From(string path, string? preconditioning, double? dropout)
    {
        using Checkpoint opened = CheckpointReader.Open(path);
        Checkpoint described = PurifierCheckpoint.Describe(opened);
        var metadata = new Dictionary<string, string>(described.Metadata);
        if (!metadata.TryGetValue(Architecture.NameKey, out string? architecture)
            || !metadata.TryGetValue(Architecture.ArgumentsKey, out string? arguments))
        {
            throw new CertiPureException($"The weights '{path}' do not say what network they are of.", ErrorReason.MetadataMissing);
        }

        if (Preconditioning.From(metadata) is null)
        {
            metadata = new Dictionary<string, string>(metadata.Concat(Preconditioning.Named(preconditioning ?? "edm").Metadata));
        }

        if (dropout is double probability)
        {
            var changed = (JsonObject)JsonNode.Parse(arguments)!;
            changed["dropout"] = probability;
            metadata[Architecture.ArgumentsKey] = changed.ToJsonString();
        }

        using JsonDocument document = JsonDocument.Parse(metadata[Architecture.ArgumentsKey]);
        var recipe = new NetworkRecipe(architecture, document.RootElement.Clone());
        Denoiser loaded = PurifierCheckpoint.Load(new Checkpoint(described.Tensors, metadata));
        Denoiser denoiser = preconditioning is null || preconditioning == loaded.Preconditioning.Name
            ? loaded
            : new Denoiser(loaded.Network, Preconditioning.Named(preconditioning));
        return CreateChecked(denoiser, recipe);
    }

    /// <summary>Runs the network on one image first: arguments that do not fit each other fail there.</summary>
    private static PurifierNetwork CreateChecked(Denoiser denoiser, NetworkRecipe recipe)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            denoiser.eval();
            ImageShape shape = denoiser.Network.Shape;
            denoiser.Denoise(zeros([1, shape.Channels, shape.Height, shape.Width]), ones(1));
            denoiser.train();
            return new PurifierNetwork(denoiser, recipe);
        }
        catch (Exception error) when (NativeError.IsRefusal(error))
        {
            denoiser.Dispose();
            throw recipe.Unusable(error);
        }
    }
}
