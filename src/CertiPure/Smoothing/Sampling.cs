using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>SAMPLEUNDERNOISE (Cohen et al. 2019): the votes of the first draws of one phase; what PREDICT counts, and how a
/// certificate's counts are drawn again for verification.</summary>
public sealed class Sampling : DrawConsumer
{
    private readonly NoisePhase _phase;
    private readonly int _draws;

    /// <summary>Starts before the first draw.</summary>
    /// <param name="image">The image.</param>
    /// <param name="classCount">The number of classes, K.</param>
    /// <param name="phase">The phase whose draws are counted.</param>
    /// <param name="draws">How many draws, at least 1.</param>
    /// <param name="noise">The noise.</param>
    public Sampling(LabeledImage image, int classCount, NoisePhase phase, int draws, NoiseSource noise)
        : base(image, noise)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        _phase = phase;
        _draws = draws;
        Votes = new VoteCounts(classCount);
    }

    /// <summary>The votes so far.</summary>
    public VoteCounts Votes { get; }

    /// <inheritdoc/>
    public override int Needed => _draws;

    /// <inheritdoc/>
    public override int Limit => _draws;

    /// <inheritdoc/>
    public override bool IsFinished => Votes.Total == _draws;

    private protected override Draw At(int position) => new(_phase, position);

    private protected override void Count(int position, int label) => Votes.Add(label);
}
