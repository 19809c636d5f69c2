using System.Globalization;
using CertiPure.Onnx;
using CertiPure.Onnx.Graph;
using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Graphs;

/// <summary>Writes purifier and classifier as one ONNX graph in the precision that is asked for, and says in its metadata what it is.</summary>
public static class BaseGraphs
{
    /// <summary>What the metadata's keys begin with.</summary>
    public const string KeyPrefix = "certipure.";

    /// <summary>The metadata's key of the purifier's method, <c>none</c> without one.</summary>
    public const string MethodKey = KeyPrefix + "method";

    /// <summary>The metadata's key of the noise level that the graph was made for.</summary>
    public const string SigmaKey = KeyPrefix + "sigma";

    private const int ExactWeightBits = 8;
    private const int SafeWeightBits = 7;

    /// <summary>The precisions that a graph can have.</summary>
    public static IReadOnlyList<Precision> Precisions { get; } = [Precision.Fp32, Precision.Fp16, Precision.Int8];

    /// <summary>Loads the networks that a request names and writes them.</summary>
    /// <param name="request">The purifier, the classifier (empty for none), the noise level and the precision.</param>
    /// <param name="models">The bundled models; null for the program's own.</param>
    /// <exception cref="CertiPureException">A name or file is missing or damaged, or a network cannot be written.</exception>
    public static GraphModel Load(ModelRequest request, BundledModels? models = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        return NetworkThread.Run(() =>
        {
            using LoadedNetworks networks = ModelCatalog.LoadNetworks(request with { Precision = Precision.Fp32, Device = ComputeDevice.Processor }, models);
            ModelRequest described = request with { Shape = networks.Purifier?.Shape ?? networks.Classifier!.Shape };
            return Write(described, networks.Purifier, networks.Classifier, networks.Weights);
        });
    }

    /// <summary>Writes networks.</summary>
    /// <param name="request">The noise level, the precision and, for int8, the images to calibrate by.</param>
    /// <param name="purifier">The purifier in fp32; null for none.</param>
    /// <param name="classifier">The classifier in fp32; null for the purifier alone.</param>
    /// <param name="weights">SHA-256 of each weight file, by its role.</param>
    /// <exception cref="CertiPureException">A network cannot be written, or there are no images to calibrate by.</exception>
    public static GraphModel Write(
        ModelRequest request, TorchPurifier? purifier, TorchClassifier? classifier, IReadOnlyDictionary<string, string> weights)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(weights);
        SortedDictionary<string, string> metadata = Describe(request, purifier, classifier, weights);
        GraphModel exact = BaseGraph.Write(purifier, classifier, request.Sigma, metadata);
        switch (request.Precision)
        {
            case Precision.Fp32:
                return exact;
            case Precision.Fp16:
                return exact.ToHalf(metadata);
            case Precision.Int8:
                return Quantize(exact, request, metadata);
            default:
                throw new CertiPureException(
                    $"An ONNX graph computes in {string.Join(", ", Precisions.Select(Choice.Word))}, not in {Choice.Word(request.Precision)}.", ErrorReason.InvalidArgument);
        }
    }

    /// <summary>A noise level as the metadata holds it.</summary>
    internal static string Format(double sigma) => sigma.ToString("R", CultureInfo.InvariantCulture);

    private static GraphModel Quantize(GraphModel exact, ModelRequest request, SortedDictionary<string, string> metadata)
    {
        CalibrationImages calibration = request.Calibration
            ?? throw new CertiPureException("8-bit activations need training images that their ranges are calibrated by; none are given.", ErrorReason.InvalidArgument);
        if (calibration.Images.Shape != request.Shape)
        {
            throw new CertiPureException(
                $"The images to calibrate by ({calibration.Images.Name}) are of {calibration.Images.Shape}, and the networks take {request.Shape}.",
                ErrorReason.Refused);
        }

        int bits = IntegerInstructions.SumIn32Bits ? ExactWeightBits : SafeWeightBits;
        metadata[KeyPrefix + "calibration"] = calibration.Description;
        metadata[KeyPrefix + "weightBits"] = bits.ToString(CultureInfo.InvariantCulture);
        var quantization = new GraphQuantization(exact);
        IReadOnlyList<string> observed = quantization.Observed;
        if (observed.Count == 0)
        {
            throw new CertiPureException(
                $"int8 would change nothing: no layer of these networks has {GraphQuantization.LeastChannels} channels or more, and narrower ones "
                + "stay in fp32. Take the precision fp32.",
                ErrorReason.Refused);
        }

        IReadOnlyDictionary<string, ActivationRange> ranges = ActivationCalibration.Measure(
            exact, observed, calibration.Noisy(request.Sigma));
        return quantization.Apply(ranges, bits, metadata);
    }

    private static SortedDictionary<string, string> Describe(
        ModelRequest request, TorchPurifier? purifier, TorchClassifier? classifier, IReadOnlyDictionary<string, string> weights)
    {
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [KeyPrefix + "input"] = "images in [0,1] with noise of deviation sigma, unclipped",
            [MethodKey] = purifier?.Method ?? "none",
            [SigmaKey] = Format(request.Sigma),
            [KeyPrefix + "precision"] = Choice.Word(request.Precision),
        };
        if (purifier is not null)
        {
            metadata[KeyPrefix + "level"] = Choice.Word(request.Level);
        }

        if (classifier is not null)
        {
            metadata[KeyPrefix + "classes"] = classifier.ClassCount.ToString(CultureInfo.InvariantCulture);
        }

        foreach ((string role, string hash) in weights)
        {
            metadata[$"{KeyPrefix}weights.{role}"] = hash;
        }

        return metadata;
    }
}
