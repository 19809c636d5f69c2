using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Recipes.Runs;

/// <summary>The probe of a base classifier before and after votes, on a thread that computes as the votes' workers do.</summary>
public static class RunProbe
{
    /// <summary>Probes a base classifier before the first vote; once per model and process.</summary>
    /// <param name="classifier">The base classifier.</param>
    /// <param name="precision">Its networks' arithmetic.</param>
    /// <param name="workers">Who will call it; null for one worker.</param>
    /// <exception cref="CertiPureException">It is not a function of one image.</exception>
    public static ContractProbe Before(IBaseClassifier classifier, Precision precision, DrawWorkers? workers) =>
        OnWorkerThread(workers, () => ContractProbe.Of(classifier, precision));

    /// <summary>Probes it once more after the last vote.</summary>
    /// <param name="probe">The probe before the first.</param>
    /// <param name="workers">Who called it; null for one worker.</param>
    /// <returns>What both saw; <see cref="ContractProbe.RefuseChanged"/> refuses a change.</returns>
    public static ProbeOutcome After(ContractProbe probe, DrawWorkers? workers)
    {
        ArgumentNullException.ThrowIfNull(probe);
        return OnWorkerThread(workers, probe.AfterRun);
    }

    private static T OnWorkerThread<T>(DrawWorkers? workers, Func<T> work) => NetworkThread.Run(() =>
    {
        workers?.Begin?.Invoke();
        return work();
    });
}
