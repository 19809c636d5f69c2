using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Results;

namespace CertiPure.Cli.Verbs;

/// <summary><c>merge</c>: joins the shards of one experiment into one run.</summary>
internal sealed class MergeVerb : Verb
{
    private readonly Argument<string[]> _runs = new("RUN")
    {
        Description = "The shards' run folders, in any order.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _out = OutputOptions.Out("The folder of the merged run.", required: true);
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public MergeVerb(Terminal terminal)
        : base(
            "merge",
            "Joins the shards of one experiment; refuses gaps, overlaps and strangers.",
            "certipure merge runs/shard-0 runs/shard-1 runs/shard-2 --out runs/whole",
            terminal)
    {
        Add(_runs);
        Add(_out);
        Add(_overwrite);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string[] shards = parse.GetRequiredValue(_runs);
        Run merged = Merge.Runs(shards, parse.GetRequiredValue(_out), parse.GetValue(_overwrite));
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(new { merged.Folder, Shards = shards.Length, Images = merged.Certificates.Count });
        }
        else
        {
            Terminal.WriteLine($"{merged.Folder}: {merged.Certificates.Count} certificates of {shards.Length} shards");
        }

        return Task.FromResult(ExitCode.Success);
    }
}
