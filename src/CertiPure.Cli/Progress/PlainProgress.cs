namespace CertiPure.Cli.Progress;

/// <summary>Progress for logs: a plain line now and then, and one at the end.</summary>
internal sealed class PlainProgress(TextWriter writer, string title, Pace pace) : WorkProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private TimeSpan _next = Pause;
    private string? _last;

    /// <inheritdoc/>
    public override void Report(long done, string? note = null)
    {
        pace.Update(done, note);
        lock (_lock)
        {
            if (pace.Elapsed < _next)
            {
                return;
            }

            _next = pace.Elapsed + Pause;
            Write();
        }
    }

    /// <summary>Writes the last state, unless it was just written.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            Write();
        }
    }

    private void Write()
    {
        string line = $"{title}: {pace}";
        if (line != _last)
        {
            writer.WriteLine(line);
            _last = line;
        }
    }
}
