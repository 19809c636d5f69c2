namespace CertiPure.Torch.Checkpoints;

/// <summary>What <c>certipure convert</c> may be told.</summary>
public sealed record ConversionOptions
{
    /// <summary>What is written.</summary>
    public ConversionForm Form { get; init; }

    /// <summary>The architecture's name; by default recognised from the tensors.</summary>
    public string? Architecture { get; init; }

    /// <summary>The architecture's arguments as a JSON object; by default inferred from the tensors.</summary>
    public string? Arguments { get; init; }

    /// <summary>For purifiers: edm, consistency, vp, ve or ddpm. By default taken from the file, where it says so (EDM's pickles; improved
    /// diffusion); the tensors of a diffusion model and of a consistency model look alike.</summary>
    public string? Preconditioning { get; init; }

    /// <summary>Further metadata to write, which go before the defaults: for classifiers <c>shape</c> (<c>3x32x32</c>), <c>mean</c> and
    /// <c>std</c> (<c>0.485,0.456,0.406</c>).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Where in the file the tensors are, keys joined by '/'; by default found, averaged weights first.</summary>
    public string? Section { get; init; }

    /// <summary>Float16 or BFloat16 to store floating-point tensors in half the space; null keeps them as they are, and writes
    /// the forms for PyTorch's users in float32.</summary>
    public ElementType? FloatingPoint { get; init; }
}

/// <summary>What a conversion writes.</summary>
public enum ConversionForm
{
    /// <summary>Safetensors with this project's names, and metadata that say which network they are of.</summary>
    CertiPure,

    /// <summary>Safetensors with the names and shapes of the reference's state dict, for <c>load_state_dict</c>.</summary>
    PyTorch,

    /// <summary>A diffusers pipeline's folder: <c>model_index.json</c>, <c>unet/</c> and <c>scheduler/</c>.</summary>
    Diffusers,
}
