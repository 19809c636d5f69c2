using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Cli.Progress;
using CertiPure.Results;
using Spectre.Console;

namespace CertiPure.Cli;

/// <summary>Where a command writes: results to the output, errors and progress to the error stream, so that the output
/// stays readable for programs.</summary>
internal sealed class Terminal
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
    };

    private readonly bool _live;
    private readonly TimeProvider _time;

    /// <summary>Joins the streams.</summary>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives errors and progress.</param>
    /// <param name="live">Whether the error stream is a terminal that a progress bar can redraw.</param>
    /// <param name="time">The clock of rates and of the pause between plain progress lines.</param>
    public Terminal(TextWriter output, TextWriter error, bool live, TimeProvider? time = null)
    {
        Output = output;
        Error = error;
        _live = live;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Receives results.</summary>
    public TextWriter Output { get; }

    /// <summary>Receives errors and progress.</summary>
    public TextWriter Error { get; }

    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess() =>
        new(Console.Out, Console.Error, live: !Console.IsErrorRedirected && Environment.UserInteractive);

    /// <summary>Writes one line of the result.</summary>
    public void WriteLine(string line = "") => Output.WriteLine(line);

    /// <summary>Writes the result as indented JSON.</summary>
    public void WriteJson<T>(T value) => Output.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Writes a remark about the work to the error stream.</summary>
    public void WriteNote(string sentence) => Error.WriteLine(sentence);

    /// <summary>Writes what the classifier makes of images without noise.</summary>
    /// <param name="clean">What it got right; null where the images have no labels.</param>
    /// <param name="isRemark">Whether it goes to the error stream, because the result is a table.</param>
    public void WriteCleanImages(CleanImages? clean, bool isRemark = false) => (isRemark ? Error : Output).WriteLine(
        clean?.ToString() ?? "The images have no labels, so nothing shows whether the classifier is right without noise.");

    /// <summary>Writes one sentence that says what is wrong.</summary>
    public void WriteError(string sentence) => Error.WriteLine("certipure: " + sentence.ReplaceLineEndings(" "));

    /// <summary>Runs long work under a progress bar, or, where the error stream is redirected, under plain lines.</summary>
    /// <param name="title">What is going on: <c>certifying</c>.</param>
    /// <param name="unit">What is counted: <c>images</c>.</param>
    /// <param name="alreadyDone">The count at the start, above 0 for resumed work.</param>
    /// <param name="total">The count at the end.</param>
    /// <param name="work">The work; it reports to the progress it is given.</param>
    public async Task<T> TrackAsync<T>(
        string title, string unit, long alreadyDone, long total, Func<WorkProgress, Task<T>> work)
    {
        var pace = new Pace(_time, unit, alreadyDone, total);
        if (!_live)
        {
            var plain = new PlainProgress(Error, title, pace);
            T result = await work(plain).ConfigureAwait(false);
            plain.Finish();
            return result;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new PaceColumn(pace))
            .StartAsync(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(total, 1));
                task.Value = alreadyDone;
                return work(new LiveProgress(task, pace));
            })
            .ConfigureAwait(false);
    }
}
