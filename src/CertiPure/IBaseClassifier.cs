using CertiPure.Images;

namespace CertiPure;

/// <summary>
/// What is smoothed: noisy images in, labels out. Whatever it does inside (purify, quantise, approximate) belongs to the
/// base classifier and leaves the certificate valid. It always runs one fixed batch size, because networks give other
/// bits at other batch sizes; its caller pads.
/// </summary>
public interface IBaseClassifier
{
    /// <summary>The image shape it takes.</summary>
    ImageShape Shape { get; }

    /// <summary>The number of classes, K.</summary>
    int ClassCount { get; }

    /// <summary>The fixed number of images of one call.</summary>
    int BatchSize { get; }

    /// <summary>The noise level it was built for, in pixel space.</summary>
    double Sigma { get; }

    /// <summary>Nodes of its networks' graphs because of which an answer may be more than a function of one image; none where no
    /// graph can be read.</summary>
    IReadOnlyList<SuspectNode> SuspectNodes => [];

    /// <summary>Computes the scores that labels follow from.</summary>
    /// <param name="noisy"><c>[N,C,H,W]</c> in pixel space: image + sigma * noise, unclipped.</param>
    /// <returns>Row-major, one row of finite scores for each image.</returns>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    float[] Scores(ImageBatch noisy);

    /// <summary>Classifies one full batch. The label of an image depends on that image alone, not on its neighbours. Several threads
    /// may call it at once where a <see cref="Smoothing.DrawQueue"/> is given several workers.</summary>
    /// <param name="noisy"><c>[BatchSize,C,H,W]</c> in pixel space: image + sigma * noise, unclipped.</param>
    /// <param name="labels">Receives BatchSize labels, each 0 to K-1.</param>
    /// <exception cref="ArgumentException">The batch has another shape or size.</exception>
    void Classify(ImageBatch noisy, Span<int> labels);
}
