using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Cli.Verbs;

/// <summary><c>convert</c>: a published checkpoint as safetensors that say which network they are of.</summary>
internal sealed class ConvertVerb : Verb
{
    private readonly Argument<string> _in = new("IN") { Description = "A checkpoint file, or the folder of a Hugging Face model or a diffusers pipeline." };
    private readonly Argument<string> _out = new("OUT") { Description = "The .safetensors file to write; with --to diffusers a folder." };

    private readonly Option<string> _architecture = new("--arch")
    {
        Description = "The architecture's name, where the tensors do not say.",
        HelpName = "NAME",
    };

    private readonly Option<string> _arguments = new("--args")
    {
        Description = "The architecture's arguments as JSON, where the tensors do not say.",
        HelpName = "JSON",
    };

    private readonly Option<string> _preconditioning = new("--preconditioning")
    {
        Description = "For purifiers: edm, consistency, vp, ve or ddpm, where the file does not say.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _metadata = new("--metadata")
    {
        Description = "Further metadata, such as shape=3x32x32, mean=0.5,0.5,0.5 and std=0.5,0.5,0.5 of a classifier.",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _section = CheckpointOptions.Section();

    private readonly Option<string> _type = new("--type")
    {
        Description = "float16 or bfloat16, to store floating-point tensors in half the space.",
    };

    private readonly Option<ConversionForm> _to = new("--to")
    {
        Description = "certipure, pytorch (the names of the reference's state dict) or diffusers (a pipeline's folder).",
        HelpName = "FORM",
    };

    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public ConvertVerb(Terminal terminal)
        : base(
            "convert",
            "Converts a checkpoint to safetensors that need no further options, or to what PyTorch's users load.",
            "certipure convert checkpoint_80 consistency.safetensors --preconditioning consistency",
            terminal)
    {
        _type.AcceptOnlyFromAmong("float16", "bfloat16");
        Add(_in);
        Add(_out);
        foreach (Option option in (Option[])
            [_architecture, _arguments, _preconditioning, _metadata, _section, _type, _to, _overwrite, _json])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string path = parse.GetRequiredValue(_out);
        OutputFile.Refuse(path, parse.GetValue(_overwrite));
        LibTorch.Load();
        var options = new ConversionOptions
        {
            Architecture = parse.GetValue(_architecture),
            Arguments = parse.GetValue(_arguments),
            Preconditioning = parse.GetValue(_preconditioning),
            Metadata = ReadMetadata(parse.GetValue(_metadata) ?? []),
            Section = parse.GetValue(_section),
            Form = parse.GetValue(_to),
            FloatingPoint = parse.GetValue(_type) switch
            {
                "float16" => ElementType.Float16,
                "bfloat16" => ElementType.BFloat16,
                _ => null,
            },
        };
        IReadOnlyDictionary<string, string> written = CheckpointConversion.Convert(parse.GetRequiredValue(_in), path, options);
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(new { Path = path, Metadata = written });
        }
        else
        {
            Terminal.WriteLine(path);
            foreach ((string key, string value) in written)
            {
                Terminal.WriteLine($"  {key,-16} {value}");
            }
        }

        return Task.FromResult(ExitCode.Success);
    }

    private static Dictionary<string, string> ReadMetadata(string[] pairs)
    {
        var metadata = new Dictionary<string, string>();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            metadata[equals > 0
                ? pair[..equals]
                : throw new CertiPureException($"--metadata {pair} is not KEY=VALUE.", ErrorReason.InvalidArgument)] = pair[(equals + 1)..];
        }

        return metadata;
    }
}
