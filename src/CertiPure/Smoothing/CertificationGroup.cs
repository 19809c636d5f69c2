using CertiPure.Images;

namespace CertiPure.Smoothing;

/// <summary>
/// CERTIFY for one image under every classifier of a <see cref="PurifiedClassifierGroup"/>, on the same draws. Each certificate is
/// the one that a <see cref="Certification"/> of that classifier alone would give, its seconds apart, which are those of the group.
/// </summary>
public sealed class CertificationGroup : DrawConsumer
{
    private readonly PurifiedClassifierGroup _classifiers;
    private readonly Certification[] _certifications;

    /// <summary>Starts before the first draw.</summary>
    /// <param name="image">The image.</param>
    /// <param name="classifiers">The base classifier, whose labels it will receive.</param>
    /// <param name="plan">How many draws, when looked at.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="time">The clock of <see cref="Certificate.Seconds"/>; null for the system's.</param>
    public CertificationGroup(
        LabeledImage image, PurifiedClassifierGroup classifiers, SamplingPlan plan, NoiseSource noise, TimeProvider? time = null)
        : base(image, noise)
    {
        ArgumentNullException.ThrowIfNull(classifiers);
        _classifiers = classifiers;
        _certifications =
        [
            .. classifiers.ClassCounts.Select(count => new Certification(image, count, classifiers.Sigma, plan, noise, time)),
        ];
    }

    /// <summary>The certificates in the classifiers' order, once <see cref="IsFinished"/>.</summary>
    public IReadOnlyList<Certificate> Certificates => [.. _certifications.Select(certification => certification.Certificate!)];

    /// <inheritdoc/>
    public override int Needed => _certifications.Max(certification => certification.Needed);

    /// <inheritdoc/>
    public override int Limit => _certifications[0].Limit;

    /// <inheritdoc/>
    public override bool IsFinished => _certifications.All(certification => certification.IsFinished);

    /// <summary>All of one plan, they want the same draws in the same order; one that has finished takes no more.</summary>
    private protected override Draw At(int position)
    {
        Draw next = default;
        foreach (Certification certification in _certifications)
        {
            if (certification.TryTake(speculative: true, out Draw draw))
            {
                next = draw;
            }
        }

        return next;
    }

    private protected override void Count(int position, int label)
    {
        for (int i = 0; i < _certifications.Length; i++)
        {
            _certifications[i].Receive(_classifiers.LabelOf(label, i));
        }
    }
}
