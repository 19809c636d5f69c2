using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Reproduce;

/// <summary>One run, or several runs that share each purified batch.</summary>
internal sealed record CertificationStep : ReproductionStep
{
    private readonly IReadOnlyList<PlannedRun> _runs;
    private readonly IImageSource _images;
    private readonly ReproductionModels _models;
    private readonly ReproductionOptions _options;

    public CertificationStep(
        IReadOnlyList<PlannedRun> runs, IImageSource images, ReproductionModels models, ReproductionOptions options)
        : base(runs.Count == 1 ? runs[0].Key : runs[0].Group!, "images", runs[0].Images.Resolve(images.Count).Count)
    {
        _runs = runs;
        _images = images;
        _models = models;
        _options = options;
    }

    /// <summary>What each classifier is worth without noise.</summary>
    public override string? Remark => string.Join('\n', _runs
        .Select(run => (run.Classifier, Find(run)?.Manifest.CleanImages))
        .Where(answers => answers.CleanImages is not null)
        .Select(answers => $"{answers.Classifier}: {answers.CleanImages}")
        .Distinct()) is { Length: > 0 } remark ? remark : null;

    public override int Done => _runs.All(IsFinished) ? Total : 0;

    /// <summary>The folder of a run.</summary>
    public static string FolderOf(ReproductionOptions options, PlannedRun run) => Path.Combine(options.Folder, "runs", run.Key);

    public override async Task RunAsync(Action<int> progress, CancellationToken cancellation)
    {
        if (Done == Total)
        {
            progress(Total);
            return;
        }

        var opened = new List<IDisposable>();
        try
        {
            SamplingPlan plan = _runs[0].Plan;
            var models = new List<BaseModel>();
            var folders = new List<RunFolder>();
            foreach (PlannedRun run in _runs)
            {
                BaseModel model = _models.Load(run);
                opened.Add(model);
                IReadOnlyList<int> ids = run.Images.Resolve(_images.Count);
                CleanImageCheck? clean = model.Check(_images, ids);
                models.Add(model);
                Experiment experiment = model.Describe(_images, ids, plan, _options.Seed, NoiseKind.Normal);
                var folder = RunFolder.Open(
                    FolderOf(_options, run),
                    model.Begin(experiment, Shard.Whole, _images, _options.Device, SeedChoice.Operator, clean?.Result),
                    overwrite: _options.Overwrite && Find(run) is { } known && !IsPlanned(known, run));
                opened.Add(folder);
                folders.Add(folder);
            }

            int done = folders.Min(folder => folder.Certificates.Count);
            progress(done);
            if (_runs.Count == 1)
            {
                await CertificationRun
                    .CompleteAsync(folders[0], _images, models[0], _ => progress(++done), cancellation)
                    .ConfigureAwait(false);
                return;
            }

            await CertificationRun
                .CompleteGroupAsync(folders, _images, models, () => progress(++done), cancellation)
                .ConfigureAwait(false);
        }
        finally
        {
            // Run folders before the networks they describe.
            Enumerable.Reverse(opened).ToList().ForEach(part => part.Dispose());
        }
    }

    private bool IsFinished(PlannedRun run) => Find(run) is { IsComplete: true } known && IsPlanned(known, run);

    private bool IsPlanned(Run known, PlannedRun run) => _models.IsOf(known.Manifest.Experiment, run, _images);

    private Run? Find(PlannedRun run)
    {
        string folder = FolderOf(_options, run);
        return File.Exists(Path.Combine(folder, RunFolder.ManifestName)) ? Run.Read(folder) : null;
    }
}
