using System.Text.Json;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>How a raw network F becomes a denoiser D. Noise levels t are in network space, where images lie in [-1,1].</summary>
public abstract record Preconditioning
{
    internal const string NameKey = "preconditioning";
    internal const string DiffusionKey = "diffusion";

    /// <summary>The name in a checkpoint's metadata.</summary>
    public abstract string Name { get; }

    /// <summary>What a checkpoint's metadata say of it: <c>preconditioning</c>, its name, and for a diffusion model of discrete steps
    /// <c>diffusion</c>, its schedule as JSON, where that is not improved diffusion's.</summary>
    public IReadOnlyDictionary<string, string> Metadata
    {
        get
        {
            var metadata = new Dictionary<string, string> { [NameKey] = Name };
            if (this is DdpmPreconditioning ddpm && ddpm.Options != DiffusionOptions.ImprovedDiffusion)
            {
                metadata[DiffusionKey] = ArchitectureArguments.Write(ddpm.Options);
            }

            return metadata;
        }
    }

    /// <summary>The scalings at levels t.</summary>
    /// <param name="t">Noise levels, <c>[N]</c>, above 0.</param>
    public Scalings At(Tensor t) => Compute(t.to(ScalarType.Float32).view(-1, 1, 1, 1));

    /// <summary>Finds a preconditioning by the name that checkpoints hold.</summary>
    /// <exception cref="CertiPureException">There is none of that name.</exception>
    public static Preconditioning Named(string name) => name switch
    {
        "edm" => new EdmPreconditioning(),
        "consistency" => new ConsistencyPreconditioning(),
        "vp" => new VpPreconditioning(),
        "ve" => new VePreconditioning(),
        "ddpm" => new DdpmPreconditioning(),
        _ => throw new CertiPureException(
            $"There is no preconditioning '{name}': choose edm, consistency, vp, ve or ddpm."),
    };

    /// <summary>Reads a checkpoint's metadata.</summary>
    /// <param name="metadata">Strings with <c>preconditioning</c> and perhaps <c>diffusion</c>.</param>
    /// <returns>The preconditioning; null where the metadata do not name one.</returns>
    /// <exception cref="CertiPureException">There is none of that name, or its schedule is impossible.</exception>
    public static Preconditioning? From(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (!metadata.TryGetValue(NameKey, out string? name))
        {
            return null;
        }

        var named = Named(name);
        if (named is not DdpmPreconditioning || !metadata.TryGetValue(DiffusionKey, out string? diffusion))
        {
            return named;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(diffusion);
            return new DdpmPreconditioning { Options = ArchitectureArguments.Read<DiffusionOptions>(document.RootElement) };
        }
        catch (JsonException error)
        {
            throw new CertiPureException($"The noise schedule {diffusion} cannot be read ({error.Message.TrimEnd('.')}).", error);
        }
    }

    /// <summary>The scalings at levels <c>[N,1,1,1]</c>.</summary>
    protected abstract Scalings Compute(Tensor t);
}
