using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// An ordinary image classifier. It brings its own resize and normalisation, so that sigma and radii stay in pixel space.
/// </summary>
public interface IClassifier
{
    /// <summary>The image shape it takes.</summary>
    ImageShape Shape { get; }

    /// <summary>The number of classes, K.</summary>
    int ClassCount { get; }

    /// <summary>Nodes of its graph because of which an answer may be more than a function of one image; none where no graph can be
    /// read.</summary>
    IReadOnlyList<SuspectNode> SuspectNodes => [];

    /// <summary>Computes class scores. Several threads may call it at once.</summary>
    /// <param name="images"><c>[N,C,H,W]</c> in pixel space, about [0,1].</param>
    /// <returns>Logits <c>[N,K]</c> row-major.</returns>
    float[] Logits(ImageBatch images);
}
