using System.Globalization;
using System.Runtime.CompilerServices;
using CertiPure.Images;
using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure;

/// <summary>
/// Examines, before the first vote, whether the base classifier (purifier and classifier together) is one fixed function of one
/// noisy image, on which every certificate rests. Four batches of the run's own size: X; Y, which keeps the even rows of X and has
/// other images at the odd ones, among them odd rows of X at other places; X again; and, after the last vote, X once more. A row at
/// its place has to have the same scores bit for bit, whatever the other rows are; a row at another place nearly the same ones,
/// because arithmetic may order its sums by place.
/// </summary>
/// <remarks>
/// It can show that a base classifier is not such a function. It cannot show that it is one: a program that changes its answers for
/// other images than these, or after a certain number of calls, and back again, passes.
/// </remarks>
public sealed class ContractProbe
{
    /// <summary>How far scores at another place may lie apart in fp32, as a share of the largest score.</summary>
    public const double SingleTolerance = 1e-4;

    /// <summary>The same of bf16, fp16 and int8.</summary>
    public const double CoarseTolerance = 2e-2;

    // One model is probed once per process, however many runs and requests it serves.
    private static readonly ConditionalWeakTable<IBaseClassifier, ContractProbe> Known = [];

    private readonly IBaseClassifier _classifier;
    private readonly ImageBatch _x;
    private readonly int _rows;
    private readonly float[] _scores;
    private readonly int _perImage;
    private readonly double _tolerance;
    private double _moved;
    private int _batches;

    private ContractProbe(IBaseClassifier classifier, Precision precision)
    {
        RefuseRandomNodes(classifier);
        _classifier = classifier;
        // At a batch size of 1 there are no neighbours, but the same networks at another batch size have them, and an auditor may
        // choose it.
        _rows = Math.Max(2, classifier.BatchSize);
        _x = new ImageBatch(classifier.Shape, _rows);
        for (int row = 0; row < _rows; row++)
        {
            AddPattern(row, classifier.Sigma, _x[row]);
        }

        _scores = Run(_x);
        _perImage = _scores.Length / _rows;
        _tolerance = precision == Precision.Fp32 && !IsHalf(_scores) ? SingleTolerance : CoarseTolerance;
        (ImageBatch y, int[] origins) = Neighbours();
        float[] scoresOfY = Run(y);
        RequireSame(Run(_x), "The base classifier gives other scores for the same batch the second time", Cause.State);
        CompareNeighbours(scoresOfY, origins);
    }

    /// <summary>What it saw.</summary>
    public ProbeOutcome Outcome => new(_batches, _moved, _tolerance);

    /// <summary>Probes a base classifier, the first time that it is asked for in this process.</summary>
    /// <param name="classifier">The base classifier. Nothing else may call it meanwhile.</param>
    /// <param name="precision">Its networks' arithmetic, which decides the tolerance.</param>
    /// <exception cref="CertiPureException">It is not a function of one image, or draws random numbers.</exception>
    public static ContractProbe Of(IBaseClassifier classifier, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return Known.GetValue(classifier, unknown => new ContractProbe(unknown, precision));
    }

    /// <summary>Runs the first batch once more, after the last vote: a base classifier with a slow state gives other scores by then.</summary>
    /// <returns>What was seen before and after.</returns>
    public ProbeOutcome AfterRun() =>
        Outcome with { SameAfterRun = FirstDifference(_classifier.Scores(_x)) is null };

    /// <summary>Refuses votes of a base classifier that gave other scores after the last one.</summary>
    /// <param name="outcome">What <see cref="AfterRun"/> saw.</param>
    /// <exception cref="CertiPureException">It changed.</exception>
    public static void RefuseChanged(ProbeOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.SameAfterRun == false)
        {
            throw new CertiPureException(
                "After the last vote the base classifier gives other scores for the same batch than before the first, so it keeps a "
                + "state between calls and its votes are not those of one function; nothing of this run is certified.",
                ErrorReason.Refused);
        }
    }

    private static void RefuseRandomNodes(IBaseClassifier classifier)
    {
        SuspectNode[] random = [.. classifier.SuspectNodes.Where(node => node.Kind == SuspectKind.Random)];
        if (random.Length > 0)
        {
            throw new CertiPureException(
                $"The classifier's graph draws random numbers ({Names(random)}). It is refused because the independence of such "
                + "answers between rows and calls can be neither shown nor replayed, not because every such certificate were false; "
                + "export it without these nodes (model.eval() removes dropout).",
                ErrorReason.Refused);
        }
    }

    private static string Names(IEnumerable<SuspectNode> nodes) =>
        string.Join(", ", nodes.Select(node => $"{node.Operation} '{node.Name}'"));

    /// <summary>An image with structure, its noise added: a wave of its own direction and phase for each number.</summary>
    private void AddPattern(int number, double sigma, Span<float> noisy)
    {
        ImageShape shape = _classifier.Shape;
        var image = new float[shape.Length];
        for (int i = 0; i < image.Length; i++)
        {
            int column = i % shape.Width, line = i / shape.Width % shape.Height, channel = i / (shape.Width * shape.Height);
            double wave = ((double)(column * (number % 5)) / shape.Width) + ((double)(line * (number % 3)) / shape.Height)
                + (0.13 * number) + (0.3 * channel);
            image[i] = (float)Math.Abs((wave % 2) - 1);
        }

        new NoiseSource(seed: 0).AddNoise(image, number, NoisePhase.Display, 0, sigma, noisy);
    }

    /// <summary>Whether half precision holds every score exactly: then the networks computed in it, whatever the file is called.</summary>
    private static bool IsHalf(float[] scores) => Array.TrueForAll(scores, score => (float)(Half)score == score);

    private float[] Run(ImageBatch batch)
    {
        _batches++;
        float[] scores = _classifier.Scores(batch);
        return scores.Length > 0 && scores.Length % _rows == 0
            ? scores
            : throw new CertiPureException(
                $"The base classifier gave {scores.Length} scores for {_rows} images; each needs a row of its own.", ErrorReason.Refused);
    }

    private void CompareNeighbours(float[] scores, int[] origins)
    {
        for (int place = 0; place < _rows; place++)
        {
            if (origins[place] == place)
            {
                ReadOnlySpan<float> before = Row(_scores, place), after = Row(scores, place);
                if (!before.SequenceEqual(after))
                {
                    throw Refusal(
                        $"An image's scores change with the other images of its batch ({Describe(before, after)})", Cause.Neighbours);
                }
            }
            else if (origins[place] >= 0)
            {
                CompareMoved(Row(_scores, origins[place]), Row(scores, place));
            }
        }
    }

    /// <summary>Batch Y: the even rows of X stay; the odd places get, in turn, odd rows of X from elsewhere, black or white, and images
    /// with twice the noise.</summary>
    /// <returns>The batch, and for each of its places the row of X that it holds, -1 where none.</returns>
    private (ImageBatch Batch, int[] Origins) Neighbours()
    {
        var y = new ImageBatch(_x.Shape, _rows);
        var origins = new int[_rows];
        int oddRows = _rows / 2;
        for (int place = 0; place < _rows; place++)
        {
            int number = place / 2;
            // With one odd row alone there is nowhere that it could move to.
            origins[place] = place % 2 == 0 ? place
                : oddRows > 1 && number % 2 == 0 ? (2 * ((number + 1) % oddRows)) + 1
                : -1;
            if (origins[place] >= 0)
            {
                _x[origins[place]].CopyTo(y[place]);
            }
            else if (number % 4 == 1)
            {
                y[place].Fill(number % 8 == 1 ? 0 : 1);
            }
            else
            {
                AddPattern(_rows + place, 2 * _classifier.Sigma, y[place]);
            }
        }

        return (y, origins);
    }

    private void CompareMoved(ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        double largest = 0;
        foreach (float score in _scores)
        {
            largest = Math.Max(largest, Math.Abs(score));
        }

        double difference = 0;
        for (int k = 0; k < before.Length; k++)
        {
            difference = Math.Max(difference, Math.Abs((double)before[k] - after[k]));
        }

        double share = largest == 0 ? difference : difference / largest;
        _moved = Math.Max(_moved, share);
        // Within the tolerance a best score that leads by more than twice as much stays the best.
        if (share > _tolerance)
        {
            throw Refusal(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"An image's scores change with its place in the batch, by {share:G3} of the largest score where {_tolerance:G3} is "
                    + $"the rounding of its precision ({Describe(before, after)})"),
                Cause.Neighbours);
        }
    }

    private ReadOnlySpan<float> Row(float[] scores, int row) => scores.AsSpan(row * _perImage, _perImage);

    private string? FirstDifference(float[] again)
    {
        for (int row = 0; row < _rows; row++)
        {
            if (!Row(_scores, row).SequenceEqual(Row(again, row)))
            {
                return Describe(Row(_scores, row), Row(again, row));
            }
        }

        return null;
    }

    private void RequireSame(float[] again, string what, Cause cause)
    {
        if (FirstDifference(again) is { } difference)
        {
            throw Refusal($"{what} ({difference})", cause);
        }
    }

    private static string Describe(ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        int k = before.CommonPrefixLength(after);
        k = k == before.Length ? 0 : k;
        return string.Create(CultureInfo.InvariantCulture, $"class {k}: {before[k]:R}, then {after[k]:R}");
    }

    private CertiPureException Refusal(string what, Cause cause)
    {
        SuspectNode[] suspects = [.. _classifier.SuspectNodes];
        string likely = suspects.Length > 0
            ? string.Join("; ", suspects.GroupBy(node => node.Kind).Select(group => $"{Reason(group.Key)} ({Names(group)})"))
            : cause == Cause.State
                ? "dropout in training mode, random numbers, or a state that is kept between calls"
                : "batch normalisation in training mode, dynamic quantisation, or other statistics of the whole batch";
        return new CertiPureException(
            $"{what}, so it is not a function of one image and nothing can be certified. The likely cause: {likely}. Call model.eval() "
            + "before the model is exported, and quantise statically.",
            ErrorReason.Refused);
    }

    private static string Reason(SuspectKind kind) => kind switch
    {
        SuspectKind.Random => "random numbers",
        SuspectKind.DynamicQuantization => "dynamic quantisation, whose scale is that of the whole batch",
        SuspectKind.TrainingDropout => "dropout in training mode",
        _ => "batch normalisation in training mode",
    };

    private enum Cause
    {
        State = 0,
        Neighbours = 1,
    }
}
