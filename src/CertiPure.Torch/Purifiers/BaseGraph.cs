using CertiPure.Images;
using CertiPure.Onnx.Graph;

namespace CertiPure.Torch.Purifiers;

/// <summary>Purifier and classifier as one ONNX graph: noisy images in pixel space in, scores out.</summary>
public static class BaseGraph
{
    /// <summary>The graph's input, <c>[batch,C,H,W]</c>.</summary>
    public const string Input = "images";

    /// <summary>The graph's output where it ends with a classifier, <c>[batch,K]</c>.</summary>
    public const string Scores = "scores";

    /// <summary>The graph's output where it is a purifier alone, <c>[batch,C,H,W]</c>.</summary>
    public const string Purified = "purified";

    /// <summary>Writes the graph.</summary>
    /// <param name="purifier">The purifier; null for none.</param>
    /// <param name="classifier">The classifier; null for the purifier alone.</param>
    /// <param name="sigma">The noise level in pixel space, folded into constants.</param>
    /// <param name="metadata">What to say about it in the file.</param>
    /// <exception cref="ArgumentException">Neither is given.</exception>
    /// <exception cref="CertiPureException">A network cannot write itself as a graph.</exception>
    public static GraphModel Write(
        TorchPurifier? purifier, TorchClassifier? classifier, double sigma, IReadOnlyDictionary<string, string> metadata)
    {
        ImageShape shape = purifier?.Shape ?? classifier?.Shape
            ?? throw new ArgumentException("A graph needs a purifier or a classifier.", nameof(classifier));
        var graph = new GraphBuilder();
        GraphValue images = graph.Input(Input, shape.Channels, shape.Height, shape.Width);
        GraphValue purified = purifier is null ? images : purifier.Write(graph, images, sigma);
        return classifier is null
            ? graph.Build(purified, Purified, metadata)
            : graph.Build(classifier.Write(graph, purified), Scores, metadata);
    }
}
