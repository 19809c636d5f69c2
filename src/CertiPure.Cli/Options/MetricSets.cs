using System.CommandLine;
using CertiPure.Images;
using CertiPure.Recipes.Metrics;
using CertiPure.Results;

namespace CertiPure.Cli.Options;

/// <summary>The sets of images that a metric compares. The purifiers of run folders are released with it.</summary>
internal sealed class MetricSets(MetricsOptions options, ParseResult parse, Terminal terminal) : IDisposable
{
    private readonly List<IDisposable> _purifiers = [];

    /// <summary>The argument that names them.</summary>
    /// <param name="others">What a metric takes beside images, as a clause; empty for nothing.</param>
    public static Argument<string[]> Argument(string others = "") => new("SET")
    {
        Description = "What is compared: a data set's name, a folder, an image, or a run folder (its purified images; alone, they are "
            + $"compared with the clean ones){others}.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Refuses everything but two sets and a run folder.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="sets">What the user named.</param>
    /// <exception cref="CertiPureException">The user named something else.</exception>
    public static void RefuseOtherThanPair(string metric, string[] sets)
    {
        if (sets.Length != 2 && !(sets is [var only] && MetricsOptions.IsRun(only)))
        {
            throw new CertiPureException(
                $"metrics {metric} compares two sets, or a run folder's purified images with the clean ones; name them.", ErrorReason.InvalidArgument);
        }
    }

    /// <summary>Opens a set.</summary>
    /// <param name="set">What the user named.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<MetricImages> OpenAsync(string set, CancellationToken cancellation)
    {
        if (!MetricsOptions.IsRun(set))
        {
            return await options.OpenAsync(parse, set, terminal, cancellation).ConfigureAwait(false);
        }

        (Experiment experiment, IImageSource images) = await options.OpenRunAsync(parse, set, terminal, cancellation).ConfigureAwait(false);
        IPurifier? purifier = options.LoadPurifier(parse, experiment);
        if (purifier is IDisposable part)
        {
            _purifiers.Add(part);
        }

        return options.Purified(parse, experiment, images, purifier);
    }

    /// <summary>Opens the second set, which for a run folder alone is its clean images.</summary>
    /// <param name="sets">What the user named, a pair or a run folder.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<MetricImages> OpenSecondAsync(string[] sets, CancellationToken cancellation)
    {
        if (sets.Length == 2)
        {
            return await OpenAsync(sets[1], cancellation).ConfigureAwait(false);
        }

        (Experiment experiment, IImageSource images) =
            await options.OpenRunAsync(parse, sets[0], terminal, cancellation).ConfigureAwait(false);
        return MetricImages.Of(images, experiment.Images);
    }

    /// <inheritdoc/>
    public void Dispose() => _purifiers.ForEach(purifier => purifier.Dispose());
}
