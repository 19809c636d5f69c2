using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Results;

namespace CertiPure.Cli.Verbs;

/// <summary><c>export</c>: a run in the format that the field publishes.</summary>
internal sealed class ExportVerb : Verb
{
    private readonly Argument<string> _run = new("RUN") { Description = "A run folder." };
    private readonly Option<string> _format = new("--format") { Description = "tsv: idx label predict radius correct time." };
    private readonly Option<string> _out = OutputOptions.Out("The file to write; the standard output if absent.", required: false);
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();

    /// <summary>Defines the verb.</summary>
    public ExportVerb(Terminal terminal)
        : base(
            "export",
            "Writes a run's certificates in the field's tab-separated format, radii rounded down.",
            "certipure export runs/whole --format tsv --out whole.tsv",
            terminal)
    {
        _format.DefaultValueFactory = _ => "tsv";
        _format.AcceptOnlyFromAmong("tsv");
        Add(_run);
        Add(_format);
        Add(_out);
        Add(_overwrite);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        Run run = Run.Read(parse.GetRequiredValue(_run));
        if (parse.GetValue(_out) is { } path)
        {
            OutputFile.Write(path, parse.GetValue(_overwrite), temporary =>
            {
                using var writer = new StreamWriter(temporary);
                CohenLog.Write(run.Certificates, writer);
            });
        }
        else
        {
            CohenLog.Write(run.Certificates, Terminal.Output);
        }

        return Task.FromResult(ExitCode.Success);
    }
}
