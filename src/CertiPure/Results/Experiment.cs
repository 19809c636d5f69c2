using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Smoothing;

namespace CertiPure.Results;

/// <summary>
/// Everything that determines a run's result, and nothing else: two runs of one experiment give the same certificates.
/// This is what resume, merge and compare compare.
/// </summary>
public sealed record Experiment
{
    /// <summary>The images' origin and the hash of their pixels.</summary>
    public required DataIdentity Data { get; init; }

    /// <summary>The ids of all images of the run (of all its shards), ascending; written as ranges: <c>0..9980:20</c>.</summary>
    [JsonConverter(typeof(ImageIdsConverter))]
    public required IReadOnlyList<int> Images { get; init; }

    /// <summary>Standard deviation of the noise in pixel space.</summary>
    public required double Sigma { get; init; }

    /// <summary>Selection draws per image.</summary>
    public required int N0 { get; init; }

    /// <summary>Estimation draws per image, at most.</summary>
    public required int N { get; init; }

    /// <summary>The probability with which a certificate may be wrong.</summary>
    public required double Alpha { get; init; }

    /// <summary>Which votes the radius follows from: <c>top</c> or <c>margin</c>; <c>top</c> where a manifest does not say.</summary>
    [JsonConverter(typeof(BoundKindConverter))]
    public BoundKind Bound { get; init; }

    /// <summary>When the votes are looked at.</summary>
    public required PlanIdentity Plan { get; init; }

    /// <summary>The radii the plan decides, ascending, in pixel space.</summary>
    public required IReadOnlyList<double> Radii { get; init; }

    /// <summary>The noise's seed.</summary>
    [JsonConverter(typeof(SeedConverter))]
    public required ulong Seed { get; init; }

    /// <summary>The noise's kind: <c>normal</c> or <c>exact</c>.</summary>
    [JsonConverter(typeof(NoiseKindConverter))]
    public required NoiseKind Noise { get; init; }

    /// <summary>The purifier.</summary>
    public required PurifierIdentity Purifier { get; init; }

    /// <summary>The classifier.</summary>
    public required ClassifierIdentity Classifier { get; init; }

    /// <summary>The routing between a smoothed and a plain model; null without it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RoutingIdentity? Routing { get; init; }

    /// <summary>What runs the networks; TorchSharp where a manifest does not say.</summary>
    public EngineIdentity Engine
    {
        // The serializer's generated code overwrites an initializer by null where the member is missing.
        get => field ?? EngineIdentity.Torch;
        init;
    }

    /// <summary>The networks' arithmetic: <c>fp32</c>, <c>bf16</c>, ...</summary>
    public required string Precision { get; init; }

    /// <summary>The networks' fixed batch size.</summary>
    public required int Batch { get; init; }

    /// <summary>SHA-256 (lower-case hexadecimal) of each weight file, by its role: <c>classifier</c>, <c>purifier</c>,
    /// <c>core</c>, <c>selector</c>.</summary>
    public required IReadOnlyDictionary<string, string> Weights
    {
        get;
        init => field = new SortedDictionary<string, string>(value.ToDictionary(), StringComparer.Ordinal);
    }

    /// <summary>The fields in which another experiment differs, in the manifest's order; none means the same experiment.</summary>
    /// <param name="other">The other experiment.</param>
    public IReadOnlyList<ExperimentDifference> DifferencesFrom(Experiment other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Dictionary<string, string> here = Flatten(this);
        Dictionary<string, string> there = Flatten(other);
        return
        [
            .. here.Keys.Union(there.Keys)
                .Select(field => new ExperimentDifference(field, here.GetValueOrDefault(field), there.GetValueOrDefault(field)))
                .Where(difference => difference.Here != difference.There),
        ];
    }

    /// <summary>Refuses values that no experiment can have.</summary>
    /// <exception cref="CertiPureException">A value is impossible; the message names it.</exception>
    public void Validate()
    {
        string? problem = FirstProblem();
        if (problem is not null)
        {
            throw new CertiPureException($"The experiment is not valid: {problem}.");
        }
    }

    private static Dictionary<string, string> Flatten(Experiment experiment)
    {
        var fields = new Dictionary<string, string>();
        Add("", JsonSerializer.SerializeToElement(experiment, ResultsJson.Compact.Experiment));
        return fields;

        void Add(string path, JsonElement value)
        {
            if (value.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    Add(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value);
                }
            }
            else
            {
                fields.Add(path, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
            }
        }
    }

    private string? FirstProblem()
    {
        if (Images.Count == 0 || Images[0] < 0 || Images.Zip(Images.Skip(1)).Any(pair => pair.Second <= pair.First))
        {
            return "images must be one or more ids in ascending order";
        }

        if (!(Sigma > 0) || !double.IsFinite(Sigma))
        {
            return $"sigma must be a finite number above 0, not {Sigma}";
        }

        if (N0 < 1 || N < 1 || Batch < 1 || Classifier.ClassCount < 1)
        {
            return "n0, n, batch and the number of classes must be at least 1";
        }

        if (!(Alpha >= BinomialBound.LeastAlpha && Alpha < 1))
        {
            return $"alpha must be at least {BinomialBound.LeastAlpha} and below 1, not {Alpha}";
        }

        if (Plan.Looks.Count == 0
            || Plan.Looks.Zip(Plan.Looks.Skip(1)).Any(pair => pair.Second.N <= pair.First.N)
            || Plan.Looks[0].N < 1
            || Plan.Looks[^1].N != N
            || !Plan.Looks.All(look => look.Alpha >= BinomialBound.LeastAlpha))
        {
            return $"the plan's looks must ascend to n and each must spend an alpha of at least {BinomialBound.LeastAlpha}";
        }

        if (Routing is { IsValid: false })
        {
            return "the routing must select by 'entropy' with a threshold from 0 to 1, or by 'network' with a selector";
        }

        if ((Routing is not null) != (Plan.Name == "routed"))
        {
            return "the plan is 'routed' where and only where there is a routing";
        }

        // Under routing each look is taken twice, at the class's votes and at the route's.
        int bounds = Routing is null ? 1 : 2;

        // The union bound over the looks is what makes early looks sound; 1e-12 forgives the rounding of a decimal sum.
        if (bounds * Plan.Looks.Sum(look => look.Alpha) > Alpha * (1 + 1e-12))
        {
            return "the plan's looks spend more than alpha";
        }

        return Radii.All(radius => radius >= 0 && double.IsFinite(radius)) ? null : "radii must be finite and not negative";
    }
}

/// <summary>A field in which two experiments differ.</summary>
/// <param name="Field">The field's path in the manifest: <c>purifier.method</c>.</param>
/// <param name="Here">The value in the experiment that was asked, or null where it lacks the field.</param>
/// <param name="There">The value in the other experiment, or null where it lacks the field.</param>
public sealed record ExperimentDifference(string Field, string? Here, string? There)
{
    /// <summary>The difference as one phrase, with long values shortened: <c>sigma 0.25, not 0.5</c>.</summary>
    public override string ToString() => $"{Field} {Show(Here)}, not {Show(There)}";

    private static string Show(string? value) => value is null ? "missing" : Excerpt.Of(value);
}
