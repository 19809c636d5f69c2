namespace CertiPure;

/// <summary>Class scores, whichever classifier gave them.</summary>
public static class Logits
{
    /// <summary>The class of the best score: the lowest among equals, where +0 equals -0.</summary>
    /// <param name="scores">The scores of one image, finite, at least one.</param>
    public static int Best(ReadOnlySpan<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfZero(scores.Length, nameof(scores));
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[best])
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>Puts the scores of several networks beside each other: a row for each image.</summary>
    /// <param name="parts">The scores of each network with their number per image.</param>
    /// <param name="images">The images, N.</param>
    /// <exception cref="CertiPureException">A network's scores are not <c>[N,PerImage]</c> finite numbers.</exception>
    internal static float[] Join(ReadOnlySpan<(float[] Scores, int PerImage)> parts, int images)
    {
        int width = 0;
        foreach ((float[] scores, int perImage) in parts)
        {
            Require(scores, images, perImage);
            width += perImage;
        }

        var joined = new float[images * width];
        int column = 0;
        foreach ((float[] scores, int perImage) in parts)
        {
            for (int i = 0; i < images; i++)
            {
                scores.AsSpan(i * perImage, perImage).CopyTo(joined.AsSpan((i * width) + column));
            }

            column += perImage;
        }

        return joined;
    }

    /// <summary>Refuses scores from which no label follows, or the label of nothing: another number of them than one row for each
    /// image, NaN, infinity.</summary>
    /// <param name="scores">The scores, row-major.</param>
    /// <param name="images">The images, N.</param>
    /// <param name="perImage">The scores that each image must have.</param>
    /// <exception cref="CertiPureException">They are not <c>[N,perImage]</c> finite numbers.</exception>
    public static void Require(ReadOnlySpan<float> scores, int images, int perImage)
    {
        if (scores.Length != (long)images * perImage)
        {
            throw new CertiPureException(
                $"The classifier gave {scores.Length} scores for {images} images, where {images} rows of {perImage} are needed; each "
                + "image of a batch must get its own row.",
                ErrorReason.Refused);
        }

        for (int i = 0; i < scores.Length; i++)
        {
            if (!float.IsFinite(scores[i]))
            {
                string value = float.IsNaN(scores[i]) ? "NaN" : "infinite";
                throw new CertiPureException(
                    $"The classifier's score of class {i % perImage} is {value}, so no class is the best; check its weights, its "
                    + "precision and the range of its input.",
                    ErrorReason.Refused);
            }
        }
    }
}
