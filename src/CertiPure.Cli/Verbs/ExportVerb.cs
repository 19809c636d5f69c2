using System.CommandLine;
using CertiPure.Cli.Options;
using CertiPure.Onnx;
using CertiPure.Onnx.Graph;
using CertiPure.Reports;
using CertiPure.Results;

namespace CertiPure.Cli.Verbs;

/// <summary><c>export</c>: a run in the format that the field publishes, or networks as an ONNX file.</summary>
internal sealed class ExportVerb : Verb
{
    private readonly Argument<string> _source = new("RUN|FILE.onnx")
    {
        Description = "A run folder; or the ONNX file to write, which holds purifier and classifier as one graph.",
    };

    private readonly Option<string> _format = new("--format") { Description = "Of a run: tsv, idx label predict radius correct time; csv, one line per image with its file and class name." };
    private readonly Option<string> _out = OutputOptions.Out("The file to write a run to; the standard output if absent.", required: false);
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();
    private readonly GraphExport _graph = new();

    /// <summary>Defines the verb.</summary>
    public ExportVerb(Terminal terminal)
        : base(
            "export",
            "Writes a run's certificates in the field's tab-separated format, radii rounded down; or networks as an ONNX file.",
            """
            certipure export runs/whole --format tsv --out whole.tsv
            certipure export base.onnx --classifier fashion-mnist --purifier consistency:fashion-mnist --sigma 0.5
            """,
            terminal)
    {
        _format.DefaultValueFactory = _ => "tsv";
        _format.AcceptOnlyFromAmong("tsv", "csv");
        Add(_source);
        Add(_format);
        Add(_out);
        Add(_overwrite);
        _graph.AddTo(this);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation) =>
        OnnxInspection.IsOnnx(parse.GetRequiredValue(_source))
            ? WriteGraphAsync(parse, cancellation)
            : WriteRun(parse);

    private Task<ExitCode> WriteRun(ParseResult parse)
    {
        Run run = Run.Read(parse.GetRequiredValue(_source));
        if (parse.GetValue(_out) is { } path)
        {
            OutputFile.Write(path, parse.GetValue(_overwrite), temporary =>
            {
                using var writer = new StreamWriter(temporary);
                Write(parse, run, writer);
            });
        }
        else
        {
            Write(parse, run, Terminal.Output);
        }

        return Task.FromResult(ExitCode.Success);
    }

    private void Write(ParseResult parse, Run run, TextWriter writer)
    {
        if (parse.GetRequiredValue(_format) == "csv")
        {
            new CsvExporter().Write(CertifiedImages.Table(CertifiedRun.Of(run)), writer);
        }
        else
        {
            CohenLog.Write(run.Certificates, writer);
        }
    }

    private async Task<ExitCode> WriteGraphAsync(ParseResult parse, CancellationToken cancellation)
    {
        string path = parse.GetRequiredValue(_source);
        OutputFile.Refuse(path, parse.GetValue(_overwrite));
        GraphModel graph = await _graph.WriteAsync(parse, Terminal, cancellation).ConfigureAwait(false);
        byte[] bytes = graph.ToBytes();
        OutputFile.Write(path, parse.GetValue(_overwrite), temporary => File.WriteAllBytes(temporary, bytes));
        Terminal.WriteLine($"{path}: {bytes.Length} bytes, SHA-256 {GraphModel.Hash(bytes)}");
        return ExitCode.Success;
    }
}
