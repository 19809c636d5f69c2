using Spectre.Console;

namespace CertiPure.Cli.Progress;

/// <summary>Progress as a bar that redraws itself.</summary>
internal sealed class LiveProgress(ProgressTask task, Pace pace) : WorkProgress
{
    /// <inheritdoc/>
    public override void Report(long done, string? note = null)
    {
        pace.Update(done, note);
        task.Value = done;
    }
}
