using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CertiPure.Cli.Progress;

/// <summary>Told by long work how far it is. May be called from any thread.</summary>
internal abstract class WorkProgress
{
    /// <summary>Says how far the work is.</summary>
    /// <param name="done">The count so far, from the beginning of the whole work.</param>
    /// <param name="note">A few words on the state: <c>loss 0.188</c>.</param>
    public abstract void Report(long done, string? note = null);
}

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

/// <summary>Rate and time left, from the counts done since the work began in this process.</summary>
internal sealed class Pace
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly string _unit;
    private readonly long _alreadyDone;
    private readonly long _total;
    private long _done;
    private volatile string? _note;

    /// <summary>Starts the clock.</summary>
    public Pace(TimeProvider time, string unit, long alreadyDone, long total)
    {
        _time = time;
        _start = time.GetTimestamp();
        _unit = unit;
        _alreadyDone = alreadyDone;
        _total = total;
        _done = alreadyDone;
    }

    /// <summary>Time since the work began in this process.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>Takes the newest count.</summary>
    public void Update(long done, string? note)
    {
        Interlocked.Exchange(ref _done, done);
        _note = note;
    }

    /// <summary>The state in words: <c>34/100 images, 2.31 images/s, 0:00:29 left, loss 0.188</c>.</summary>
    public override string ToString()
    {
        long done = Interlocked.Read(ref _done);
        string text = string.Create(CultureInfo.InvariantCulture, $"{done:N0}/{_total:N0} {_unit}");
        double seconds = Elapsed.TotalSeconds;
        if (done > _alreadyDone && seconds > 0)
        {
            double rate = (done - _alreadyDone) / seconds;
            text += string.Create(CultureInfo.InvariantCulture, $", {Round(rate)} {_unit}/s");
            text += done < _total
                ? $", {Clock(TimeSpan.FromSeconds((_total - done) / rate))} left"
                : $" in {Clock(Elapsed)}";
        }

        return _note is { } note ? $"{text}, {note}" : text;
    }

    private static string Round(double rate) =>
        rate.ToString(rate >= 100 ? "N0" : rate >= 1 ? "F2" : "G2", CultureInfo.InvariantCulture);

    private static string Clock(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}");
}

/// <summary>Shows count, rate and time left beside the bar.</summary>
internal sealed class PaceColumn(Pace pace) : ProgressColumn
{
    /// <inheritdoc/>
    protected override bool NoWrap => true;

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(pace.ToString());
}
