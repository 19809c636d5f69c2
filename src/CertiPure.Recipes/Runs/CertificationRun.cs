using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Runs;

/// <summary>Certifies the pending images of a run folder, one log line each as it is ready.</summary>
public static class CertificationRun
{
    /// <summary>Works until every image of the run's shard has its certificate.</summary>
    /// <param name="run">The run; finished and released by the caller's dispose.</param>
    /// <param name="images">The images that the run's ids refer to.</param>
    /// <param name="model">The model that the run's experiment describes.</param>
    /// <param name="certified">Told of every certificate after it is on the disk.</param>
    /// <param name="cancellation">Stops; what is certified stays, and opening the run again goes on from there.</param>
    /// <exception cref="CertiPureException">The base classifier is not a function of one image, an image cannot be read, the network
    /// fails, or the disk is full.</exception>
    public static async Task CompleteAsync(
        RunFolder run,
        IImageSource images,
        BaseModel model,
        Action<Certificate>? certified = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(model);
        Experiment experiment = run.Manifest.Experiment;
        ContractProbe? probe = Probe([run], model, model.BaseClassifier);
        using DrawQueue queue = model.OpenQueue();
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(experiment.Seed, experiment.Noise));
        try
        {
            IEnumerable<LabeledImage> pending = run.Pending.Select(images.Read);
            await foreach (Certificate certificate in smoothed
                .CertifyAsync(pending, SamplingPlans.Of(experiment), null, cancellation)
                .ConfigureAwait(false))
            {
                run.Append(certificate);
                certified?.Invoke(certificate);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            run.Finish();
            throw;
        }

        run.Finish();
        Confirm(probe, [run], model);
    }

    /// <summary>Works on the runs of several classifiers behind one purifier until every image has its certificate in each: each
    /// purified batch feeds all classifiers.</summary>
    /// <param name="runs">The runs, of experiments that differ in their classifier alone; finished and released by the caller's
    /// dispose.</param>
    /// <param name="images">The images that the runs' ids refer to.</param>
    /// <param name="models">The models that the runs' experiments describe, in the runs' order; the purifier of the first serves all.</param>
    /// <param name="certified">Told after each image.</param>
    /// <param name="cancellation">Stops; what is certified stays, and opening the runs again goes on from there.</param>
    /// <exception cref="CertiPureException">The runs differ in more than their classifier, the base classifier is not a function of one
    /// image, an image cannot be read, a network fails, or the disk is full.</exception>
    public static async Task CompleteGroupAsync(
        IReadOnlyList<RunFolder> runs,
        IImageSource images,
        IReadOnlyList<BaseModel> models,
        Action? certified = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(models);
        RefuseUnlike(runs);
        Experiment experiment = runs[0].Manifest.Experiment;
        BaseModel first = models[0];
        var classifiers = new PurifiedClassifierGroup(
            first.PurifierNetwork, [.. models.Select(model => model.ClassifierNetwork)], experiment.Sigma);
        ContractProbe? probe = Probe(runs, first, classifiers);
        using var queue = new DrawQueue(classifiers, first.Workers.ToDrawWorkers());
        var smoothed = new SmoothedClassifier(queue, new NoiseSource(experiment.Seed, experiment.Noise));
        // An interruption may have come between the lines of two runs, so each image is certified where it is missing.
        HashSet<int>[] pending = [.. runs.Select(run => run.Pending.ToHashSet())];
        try
        {
            IEnumerable<LabeledImage> missing = experiment.Images.Where(id => pending.Any(ids => ids.Contains(id))).Select(images.Read);
            await foreach (IReadOnlyList<Certificate> certificates in smoothed
                .CertifyGroupAsync(missing, SamplingPlans.Of(experiment), cancellation)
                .ConfigureAwait(false))
            {
                for (int i = 0; i < runs.Count; i++)
                {
                    if (pending[i].Contains(certificates[i].Id))
                    {
                        runs[i].Append(certificates[i]);
                    }
                }

                certified?.Invoke();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Finish();
            throw;
        }

        Finish();
        Confirm(probe, runs, first);

        void Finish()
        {
            foreach (RunFolder run in runs)
            {
                run.Finish();
            }
        }
    }

    /// <summary>Probes the base classifier before the first vote; null where no vote is missing.</summary>
    private static ContractProbe? Probe(IReadOnlyList<RunFolder> runs, BaseModel model, IBaseClassifier classifier)
    {
        if (runs.All(run => run.Pending.Count == 0))
        {
            return null;
        }

        ContractProbe probe = RunProbe.Before(model, classifier);
        foreach (RunFolder run in runs)
        {
            run.Record(probe.Outcome);
        }

        return probe;
    }

    /// <summary>Probes it again after the last vote, and writes down what was seen before it is refused.</summary>
    private static void Confirm(ContractProbe? probe, IReadOnlyList<RunFolder> runs, BaseModel model)
    {
        if (probe is null)
        {
            return;
        }

        ProbeOutcome outcome = RunProbe.After(probe, model);
        foreach (RunFolder run in runs)
        {
            run.Record(outcome);
        }

        ContractProbe.RefuseChanged(outcome);
    }

    private static void RefuseUnlike(IReadOnlyList<RunFolder> runs)
    {
        foreach (RunFolder run in runs.Skip(1))
        {
            ExperimentDifference? difference = run.Manifest.Experiment.DifferencesFrom(runs[0].Manifest.Experiment)
                .FirstOrDefault(one => one.Field is not ("classifier.name" or "classifier.classCount" or "weights.classifier"));
            if (difference is not null)
            {
                throw new CertiPureException(
                    $"{run.Folder} and {runs[0].Folder} differ in more than their classifier ({difference}); certify them one by one.",
                    ErrorReason.Refused);
            }
        }
    }
}
