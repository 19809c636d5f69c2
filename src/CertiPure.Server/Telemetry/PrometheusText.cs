using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace CertiPure.Server.Telemetry;

/// <summary>Collects one meter's instruments and writes them in Prometheus' text format, version 0.0.4.</summary>
internal sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Buckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _instruments = new();

    public PrometheusText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ServerMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach ((Instrument instrument, ConcurrentDictionary<string, Series> all) in
            _instruments.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            string name = IsCounter(instrument) ? $"{instrument.Name}_total" : instrument.Name;
            string type = IsCounter(instrument) ? "counter" : IsHistogram(instrument) ? "histogram" : "gauge";
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {type}\n");
            foreach ((string tags, Series series) in all.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                series.Write(text, name, tags, IsHistogram(instrument));
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsCounter(Instrument instrument) => instrument is Counter<long> or ObservableCounter<long>;

    private static bool IsHistogram(Instrument instrument) => instrument is Histogram<double>;

    private static string Format(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var parts = new string[tags.Length];
        for (int i = 0; i < tags.Length; i++)
        {
            string value = Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "";
            value = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            parts[i] = $"{tags[i].Key}=\"{value}\"";
        }

        return string.Join(',', parts);
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Series series = _instruments.GetOrAdd(instrument, _ => new()).GetOrAdd(Format(tags), _ => new Series());
        lock (series)
        {
            // Observable instruments report their present value, the others what is to be added.
            series.Sum = instrument.IsObservable ? value : series.Sum + value;
            series.Count++;
            int bucket = Array.FindIndex(Buckets, limit => value <= limit);
            if (bucket >= 0)
            {
                series.InBucket[bucket]++;
            }
        }
    }

    private sealed class Series
    {
        public double Sum { get; set; }

        public long Count { get; set; }

        public long[] InBucket { get; } = new long[Buckets.Length];

        public void Write(StringBuilder text, string name, string tags, bool isHistogram)
        {
            lock (this)
            {
                string braces = tags.Length == 0 ? "" : $"{{{tags}}}";
                if (!isHistogram)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{braces} {Sum}\n");
                    return;
                }

                string prefix = tags.Length == 0 ? "" : $"{tags},";
                long soFar = 0;
                for (int i = 0; i < Buckets.Length; i++)
                {
                    soFar += InBucket[i];
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{prefix}le=\"{Buckets[i]}\"}} {soFar}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{prefix}le=\"+Inf\"}} {Count}\n");
                text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {Sum}\n{name}_count{braces} {Count}\n");
            }
        }
    }
}
