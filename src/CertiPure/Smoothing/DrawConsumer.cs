using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>
/// Wants draws of one image and receives their labels, in one fixed order of its own. It says how many draws will surely be
/// counted and how many may be; a <see cref="DrawQueue"/> runs the sure ones first and fills a batch with the others only where
/// nothing else would. Labels that come after it has finished are discarded, never counted.
/// </summary>
public abstract class DrawConsumer
{
    /// <summary>Starts before the first draw.</summary>
    /// <param name="image">The image; its id determines the noise.</param>
    /// <param name="noise">The noise.</param>
    /// <exception cref="ArgumentException">The image's bytes are not as many as its shape has.</exception>
    private protected DrawConsumer(LabeledImage image, NoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(noise);
        if (image.Bytes.Length != image.Shape.Length)
        {
            // The bytes were checked against the shape that the image had when it got them.
            throw new ArgumentException($"Image {image.Id} of {image.Shape} has {image.Bytes.Length} bytes.", nameof(image));
        }

        Image = image;
        Noise = noise;
        Pixels = image.ToPixels();
    }

    /// <summary>The image.</summary>
    public LabeledImage Image { get; }

    /// <summary>The image's pixels <c>[C,H,W]</c> in pixel space.</summary>
    public ReadOnlyMemory<float> Pixels { get; }

    /// <summary>The noise.</summary>
    public NoiseSource Noise { get; }

    /// <summary>The number of draws handed out.</summary>
    public int Taken { get; private set; }

    /// <summary>The number of labels received and counted.</summary>
    public int Received { get; private set; }

    /// <summary>The number of draws, from the first, that will surely be counted with what is known now.</summary>
    public abstract int Needed { get; }

    /// <summary>The number of draws, from the first, that may ever be counted.</summary>
    public abstract int Limit { get; }

    /// <summary>Whether no further label is wanted.</summary>
    public abstract bool IsFinished { get; }

    /// <summary>Hands out the next draw.</summary>
    /// <param name="speculative">Whether a draw will do that may turn out not to be needed.</param>
    /// <param name="draw">The draw.</param>
    /// <returns>False if there is none to hand out now.</returns>
    public bool TryTake(bool speculative, out Draw draw)
    {
        if (IsFinished || Taken >= (speculative ? Limit : Needed))
        {
            draw = default;
            return false;
        }

        draw = At(Taken++);
        return true;
    }

    /// <summary>Receives the label of the next draw; labels come in the order in which the draws were taken.</summary>
    /// <param name="label">The class, 0 to K-1.</param>
    /// <exception cref="CertiPureException">There is no such class.</exception>
    /// <exception cref="InvalidOperationException">No draw is waiting for its label.</exception>
    public void Receive(int label)
    {
        if (IsFinished)
        {
            return;
        }

        if (Received >= Taken)
        {
            throw new InvalidOperationException("A label came for a draw that was not taken.");
        }

        Count(Received++, label);
    }

    /// <summary>The draw at a place of this consumer's order.</summary>
    private protected abstract Draw At(int position);

    /// <summary>Counts the label of the draw at a place of this consumer's order.</summary>
    private protected abstract void Count(int position, int label);
}
