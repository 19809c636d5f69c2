using CertiPure.Results;

namespace CertiPure.Server.Contracts;

/// <summary>Event <c>certificate</c>, and the answer where JSON is asked for.</summary>
/// <param name="Certificate">The certificate: what to keep and to verify.</param>
/// <param name="Id">Its id: <c>/v1/certificates/{id}</c> gives this answer again, as long as it is kept.</param>
/// <param name="ClassName">The certified class's name, or null for an abstention.</param>
/// <param name="TrueClassName">The true class's name where it is known, as it is for a data set's image.</param>
/// <param name="Claim">The certificate in plain words.</param>
/// <param name="Bounds">What the votes prove of the classes' probabilities, in plain words.</param>
/// <param name="Meaning">What its distance means; null for an abstention.</param>
/// <param name="Standing">Where its radius lies among those of a run; null without a run of the same networks.</param>
public sealed record CertificateAnswer(
    string Id,
    CertificateDocument Certificate,
    string? ClassName,
    string? TrueClassName,
    string Claim,
    string Bounds,
    Meaning? Meaning,
    Standing? Standing);

/// <summary>Event <c>accepted</c>: the request is in the queue.</summary>
/// <param name="Seed">The noise's seed.</param>
/// <param name="Total">The most draws it will take: n0 + n.</param>
/// <param name="QueuedDraws">Draws promised to other requests at this moment; they share the batches.</param>
public sealed record AcceptedEvent(ulong Seed, int Total, long QueuedDraws);

/// <summary>Event <c>progress</c> of a certification. Its bound and radius are for display: only the certificate at the end is a
/// proof.</summary>
/// <param name="Phase"><c>selection</c> or <c>estimation</c>.</param>
/// <param name="Draws">Draws so far, of both phases.</param>
/// <param name="Total">The most draws it will take.</param>
/// <param name="EstimationDraws">Estimation draws so far.</param>
/// <param name="Votes">Votes per class of the present phase.</param>
/// <param name="Leading">The selected class, or during selection the one that leads.</param>
/// <param name="RunnerUp">The other class with the most votes of the present phase; null where there is only one class.</param>
/// <param name="LowerBound">The lower bound of the leading class's probability if this were the end.</param>
/// <param name="UpperBound">The upper bound of every other class's probability if this were the end.</param>
/// <param name="Radius">The radius that belongs to the two bounds.</param>
public sealed record ProgressEvent(
    string Phase,
    int Draws,
    int Total,
    int EstimationDraws,
    IReadOnlyList<int> Votes,
    int Leading,
    int? RunnerUp,
    double LowerBound,
    double UpperBound,
    double Radius);

/// <summary>What a certificate's distance means.</summary>
/// <param name="Sentence">In words.</param>
/// <param name="PerValue">The change of every value that together has this L2 norm, in pixel space [0,1].</param>
/// <param name="Examples">Pictures at that distance from the image.</param>
public sealed record Meaning(string Sentence, double PerValue, IReadOnlyList<ExamplePicture> Examples);

/// <summary>A picture at a certificate's distance from its image.</summary>
/// <param name="Kind"><c>spread</c> over all pixels or <c>gathered</c> in a few.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Distance">Its L2 distance: the largest that 8-bit values allow inside the radius.</param>
/// <param name="Visibility">What an eye makes of its largest change: <c>too small to see</c>, <c>hard to see</c> or
/// <c>visible</c>.</param>
/// <param name="Png">The picture.</param>
public sealed record ExamplePicture(string Kind, string Caption, double Distance, string Visibility, byte[] Png);

/// <summary>Where a radius is among those of a run of the same networks, at the same noise level and by the same kind of bound.</summary>
/// <param name="Run">The run's folder below the root.</param>
/// <param name="Images">Its images.</param>
/// <param name="Width">The width of a bar, in pixel space.</param>
/// <param name="Counts">Images per bar, from radius 0 upwards; an abstention has radius 0.</param>
/// <param name="Below">The share of the images with a smaller radius, 0 to 1.</param>
public sealed record Standing(string Run, int Images, double Width, IReadOnlyList<int> Counts, double Below);
