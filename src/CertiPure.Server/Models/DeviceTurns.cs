using System.Collections.Concurrent;
using CertiPure.Images;
using CertiPure.Recipes.Runs;

namespace CertiPure.Server.Models;

/// <summary>
/// Lets the base classifiers of several queues take turns on the processors or the device they share, batch by batch, first come, first
/// served: more forward passes at once than a <see cref="WorkerPlan"/> has workers would only slow each other down. Its threads
/// make all passes, because OpenMP keeps what it needs for each thread that calls it
/// (<see cref="Torch.Backend.NetworkThread"/>).
/// </summary>
internal sealed class DeviceTurns : IDisposable
{
    private readonly BlockingCollection<(Action Work, TaskCompletionSource Done, CancellationToken Gone)> _waiting = [];
    private readonly List<Thread> _threads = [];

    public DeviceTurns(WorkerPlan plan)
    {
        for (int i = 0; i < plan.Workers; i++)
        {
            var thread = new Thread(() => Serve(plan)) { IsBackground = true, Name = "CertiPure worker" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>How many passes are made at once.</summary>
    public int Count => _threads.Count;

    /// <summary>Runs the work in its turn and waits for it.</summary>
    /// <param name="work">The work, whose exceptions are thrown here.</param>
    public void Run(Action work) => RunAsync(work, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Runs the work in its turn.</summary>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Gives up the turn, as long as it has not come.</param>
    /// <returns>Ends as the work does; cancelled where the turn was given up.</returns>
    public Task RunAsync(Action work, CancellationToken cancellationToken)
    {
        // What follows the work is not done on these threads.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((work, done, cancellationToken), CancellationToken.None);
        return done.Task;
    }

    /// <summary>Ends the threads after what waits; nobody may come any more.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _threads.ForEach(thread => thread.Join());
        _waiting.Dispose();
    }

    private void Serve(WorkerPlan plan)
    {
        bool hasBegun = false;
        foreach ((Action work, TaskCompletionSource done, CancellationToken gone) in _waiting.GetConsumingEnumerable())
        {
            if (gone.IsCancellationRequested)
            {
                done.SetCanceled(gone);
                continue;
            }

            try
            {
                hasBegun = hasBegun || plan.Begin();
                work();
                done.SetResult();
            }
#pragma warning disable CA1031 // Whose turn it was has to learn of it, and the others get theirs.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                done.SetException(exception);
            }
        }
    }
}

/// <summary>A base classifier that waits for its turn on the device.</summary>
internal sealed class TurnTakingBaseClassifier(IBaseClassifier inner, DeviceTurns turns) : IBaseClassifier
{
    public ImageShape Shape => inner.Shape;

    public int ClassCount => inner.ClassCount;

    public int BatchSize => inner.BatchSize;

    public double Sigma => inner.Sigma;

    public IReadOnlyList<SuspectNode> SuspectNodes => inner.SuspectNodes;

    public float[] Scores(ImageBatch noisy)
    {
        float[] scores = [];
        turns.Run(() => scores = inner.Scores(noisy));
        return scores;
    }

    public void Classify(ImageBatch noisy, Span<int> labels)
    {
        // A span cannot be captured; a batch's labels are few.
        var given = new int[labels.Length];
        turns.Run(() => inner.Classify(noisy, given));
        given.CopyTo(labels);
    }
}
