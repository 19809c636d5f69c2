using System.Text.Json;
using CertiPure.Torch.Checkpoints.HuggingFace;
using CertiPure.Torch.Checkpoints.Recognition;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;

namespace CertiPure.Torch.Checkpoints;

/// <summary>Converts a checkpoint of any form: to safetensors that say which network they are of, so that they can be used without further
/// options, or to what PyTorch's users load, the reference's names or a diffusers pipeline.</summary>
public static class CheckpointConversion
{
    /// <summary>Converts a file. The result is built as a network and loaded once before it is kept, so a file that was written fits.</summary>
    /// <param name="source">A checkpoint of any form that <see cref="CheckpointReader"/> opens.</param>
    /// <param name="target">The safetensors file to write; for diffusers the pipeline's folder.</param>
    /// <param name="options">What is known better than the file tells.</param>
    /// <returns>The metadata that were written.</returns>
    /// <exception cref="CertiPureException">The file cannot be read, its network is not recognised or does not fit its architecture, or
    /// something must be said that the file does not say.</exception>
    public static IReadOnlyDictionary<string, string> Convert(string source, string target, ConversionOptions? options = null)
    {
        options ??= new ConversionOptions();
        using Checkpoint opened = CheckpointReader.Open(source, options.Section);
        Checkpoint complete = Complete(opened, options);
        using TorchSharp.torch.nn.Module network = Build(complete);
        var metadata = new Dictionary<string, string>(complete.Metadata)
        {
            ["source"] = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(source))} {opened.Sha256()}",
        };
        if (opened.Section.Length > 0)
        {
            metadata["section"] = opened.Section;
        }

        switch (options.Form)
        {
            case ConversionForm.Diffusers:
                DiffusersPipeline.Write(target, network, complete, options.FloatingPoint ?? ElementType.Float32);
                break;
            case ConversionForm.PyTorch:
                metadata["format"] = "pt";
                SafeTensors.Write(target, ReferenceWeights.Of(network, metadata), options.FloatingPoint ?? ElementType.Float32);
                break;
            default:
                SafeTensors.Write(target, new Checkpoint(complete.Tensors, metadata), options.FloatingPoint);
                break;
        }

        return metadata;
    }

    /// <summary>An open checkpoint with what building its network takes: the metadata <c>architecture</c>, <c>arguments</c> and, where it is
    /// known, <c>preconditioning</c>, and its tensors under this project's names.</summary>
    /// <param name="opened">The checkpoint, which stays the owner of its files.</param>
    /// <param name="options">What is known better than the file tells; null for nothing.</param>
    /// <param name="unknown">The error's reason where the architecture or its arguments are unknown; null for a conversion's.</param>
    /// <exception cref="CertiPureException">The network is not recognised, or its tensors do not determine its arguments.</exception>
    public static Checkpoint Complete(Checkpoint opened, ConversionOptions? options = null, ErrorReason? unknown = null)
    {
        ArgumentNullException.ThrowIfNull(opened);
        options ??= new ConversionOptions();
        string source = opened.Path ?? "in memory";
        RecognisedNetwork? recognised = CheckpointArchitecture.Recognise(opened);
        string architectureName = options.Architecture ?? recognised?.Architecture ?? throw new CertiPureException(
            $"The checkpoint '{source}' {(recognised is null ? "is of no known architecture" : $"looks like {recognised.Description}")}, "
            + "and its architecture is not given.", unknown ?? ErrorReason.ConversionArchitectureUnknown);
        Architecture architecture = Architecture.Named(architectureName);
        bool agrees = string.Equals(architecture.Name, recognised?.Architecture, StringComparison.Ordinal);
        string arguments = options.Arguments ?? (agrees ? recognised?.Arguments : null) ?? throw new CertiPureException(
            $"The tensors of '{source}' do not determine the arguments of {architecture.Name}.", unknown ?? ErrorReason.ConversionArgumentsUnknown);

        var metadata = new Dictionary<string, string>();
        foreach ((string key, string value) in agrees ? recognised!.Metadata : new Dictionary<string, string>())
        {
            metadata[key] = value;
        }

        foreach ((string key, string value) in options.Metadata)
        {
            metadata[key] = value;
        }

        metadata[Architecture.NameKey] = architecture.Name;
        metadata[Architecture.ArgumentsKey] = Canonical(arguments, architecture);
        if (options.Preconditioning is { } preconditioning)
        {
            metadata[Preconditioning.NameKey] = Preconditioning.Named(preconditioning).Name;
        }

        return new Checkpoint(opened, architecture.ImportFrom(opened, metadata[Architecture.ArgumentsKey]).Tensors, metadata);
    }

    private static TorchSharp.torch.nn.Module Build(Checkpoint complete)
    {
        var architecture = Architecture.Named(complete.Metadata[Architecture.NameKey]);
        var network = architecture.Create<TorchSharp.torch.nn.Module>(complete.Metadata[Architecture.ArgumentsKey], complete);
        try
        {
            if (network is DiffusionNetwork diffusion)
            {
                Preconditioning preconditioning = Preconditioning.From(complete.Metadata) ?? throw new CertiPureException(
                    $"The checkpoint '{complete.Path}' does not say whether it is a diffusion model or a consistency model: "
                    + "its preconditioning is edm, consistency, vp, ve or ddpm.", ErrorReason.PreconditioningUnknown);
                bool bare = !complete.Tensors.Any(tensor => tensor.Name.StartsWith("model.", StringComparison.Ordinal));
                CheckpointLoader.Load(bare ? diffusion : new Denoiser(diffusion, preconditioning), complete, IsComputed);
            }
            else
            {
                CheckpointLoader.Load(network, complete, IsComputed);
            }

            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    // Filters follow from the arguments; counts of batches are never used.
    private static bool IsComputed(string name) =>
        name.EndsWith("resample_filter", StringComparison.Ordinal) || name.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    private static string Canonical(string arguments, Architecture architecture)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments);
            return JsonSerializer.Serialize(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new CertiPureException($"The arguments {arguments} of {architecture.Name} are not valid JSON; correct them.", error, ErrorReason.InvalidArgument);
        }
    }
}

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
