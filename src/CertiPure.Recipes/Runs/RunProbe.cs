using CertiPure.Results;
using CertiPure.Smoothing;
using CertiPure.Torch.Backend;

namespace CertiPure.Recipes.Runs;

/// <summary>The probe of a model before and after votes, on a thread that computes as the votes' workers do.</summary>
public static class RunProbe
{
    /// <summary>Probes a model before the first vote; once per model and process.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="CertiPureException">It is not a function of one image.</exception>
    public static ContractProbe Before(BaseModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Before(model, model.BaseClassifier);
    }

    /// <summary>Probes the model once more after the last vote.</summary>
    /// <param name="probe">The probe before the first.</param>
    /// <param name="model">The model.</param>
    /// <returns>What both saw; <see cref="ContractProbe.RefuseChanged"/> refuses a change.</returns>
    public static ProbeOutcome After(ContractProbe probe, BaseModel model)
    {
        ArgumentNullException.ThrowIfNull(probe);
        ArgumentNullException.ThrowIfNull(model);
        return OnWorkerThread(model, probe.AfterRun);
    }

    /// <summary>Probes a base classifier that has the precision and the workers of a model.</summary>
    internal static ContractProbe Before(BaseModel model, IBaseClassifier classifier) =>
        OnWorkerThread(model, () => ContractProbe.Of(classifier, model.Precision));

    private static T OnWorkerThread<T>(BaseModel model, Func<T> work) => NetworkThread.Run(() =>
    {
        model.Workers.Begin();
        return work();
    });
}
