using System.Globalization;

namespace CertiPure.Cli.Progress;

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
