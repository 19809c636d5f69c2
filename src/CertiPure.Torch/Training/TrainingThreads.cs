using CertiPure.Torch.Backend;

namespace CertiPure.Torch.Training;

/// <summary>
/// Chooses how many threads a training step is spread over, by timing the run's own steps: at the start, and again every few
/// minutes, because what else the machine does decides it. A team of threads waits for its slowest member at every operation, so that
/// on a shared machine fewer threads may be several times as fast. No step is lost to the measurement.
/// </summary>
public sealed class TrainingThreads
{
    /// <summary>How much faster another number of threads must be before it is taken.</summary>
    private const double Advantage = 1.05;

    private const int Rounds = 3;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    /// <summary>A number of threads whose step has taken this many times as long as the fastest one's is not tried again.</summary>
    private const double Hopeless = 2;

    private readonly int _most;
    private readonly Action<int> _use;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<int, List<double>> _trials = [];
    private readonly Queue<int> _next = new();
    private long _measuredAt;
    private int _trying;

    /// <summary>Chooses among 1 to the number of processors that this process may use.</summary>
    public TrainingThreads()
        : this(Environment.ProcessorCount, threads => LibTorch.Threads = threads, TimeProvider.System)
    {
    }

    /// <summary>Chooses among 1 to a number of threads.</summary>
    /// <param name="most">The largest number of threads, at least 1.</param>
    /// <param name="use">Makes the following steps of the calling thread use a number of threads.</param>
    /// <param name="time">The clock.</param>
    internal TrainingThreads(int most, Action<int> use, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        _most = most;
        _use = use;
        _time = time;
        Chosen = most;
    }

    /// <summary>The number of threads chosen last; before the first choice, the largest.</summary>
    public int Chosen { get; private set; }

    /// <summary>Whether a choice has been made.</summary>
    public bool HasChosen { get; private set; }

    /// <summary>Told in a sentence, on the thread that trains, when the choice is made and when it changes.</summary>
    public Action<string>? Announce { get; init; }

    /// <summary>Does one step and times it.</summary>
    /// <typeparam name="T">What the step gives.</typeparam>
    /// <param name="step">The step; always called on the same thread.</param>
    public T Run<T>(Func<T> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (_next.Count == 0 && (!HasChosen || _time.GetElapsedTime(_measuredAt) >= Again))
        {
            Plan();
        }

        if (_next.Count == 0)
        {
            return step();
        }

        int threads = _next.Dequeue();
        if (threads != _trying)
        {
            _use(threads);
            _trying = threads;
        }

        long start = _time.GetTimestamp();
        T result = step();
        _trials[threads].Add(_time.GetElapsedTime(start).TotalSeconds);
        DropHopeless();
        if (_next.Count == 0)
        {
            Choose();
        }

        return result;
    }

    /// <summary>One thread, all, the present number and its half and double, in turn: whatever the machine does in a
    /// moment meets them alike. The first step with each also wakes its team and is not counted.</summary>
    private void Plan()
    {
        _trials.Clear();
        foreach (int threads in (int[])[1, Math.Max(1, Chosen / 2), Chosen, Math.Min(2 * Chosen, _most), _most])
        {
            _trials.TryAdd(threads, []);
        }

        if (_trials.Count > 1)
        {
            for (int round = 0; round <= Rounds; round++)
            {
                foreach (int threads in _trials.Keys)
                {
                    _next.Enqueue(threads);
                }
            }
        }
        else
        {
            HasChosen = true;
            _measuredAt = _time.GetTimestamp();
        }
    }

    private void DropHopeless()
    {
        double fastest = _trials.Values.Where(seconds => seconds.Count > 1).Select(Typical).DefaultIfEmpty(0).Min();
        int[] kept = [.. _next.Where(threads => fastest == 0 || _trials[threads].Count < 2 || Typical(_trials[threads]) < Hopeless * fastest)];
        _next.Clear();
        Array.ForEach(kept, _next.Enqueue);
    }

    private void Choose()
    {
        int best = _trials.MinBy(trial => Typical(trial.Value)).Key;
        if (Typical(_trials[Chosen]) < Advantage * Typical(_trials[best]))
        {
            best = Chosen;
        }

        if (!HasChosen)
        {
            Announce?.Invoke($"Training uses {Threads(best)}, the fastest of {string.Join(", ", _trials.Keys)}; measured again every 5 minutes.");
        }
        else if (best != Chosen)
        {
            Announce?.Invoke($"Training now uses {Threads(best)} instead of {Chosen}, which has become the faster choice.");
        }

        Chosen = best;
        _use(best);
        _trying = best;
        HasChosen = true;
        _measuredAt = _time.GetTimestamp();

        static string Threads(int count) => count == 1 ? "1 thread" : $"{count} threads";
    }

    /// <summary>The median of the counted steps.</summary>
    private static double Typical(List<double> seconds)
    {
        double[] counted = [.. seconds.Skip(1).Order()];
        return counted[counted.Length / 2];
    }
}
