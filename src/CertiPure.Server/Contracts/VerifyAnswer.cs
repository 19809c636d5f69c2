namespace CertiPure.Server.Contracts;

/// <summary>Event <c>verdict</c>, and the answer where JSON is asked for.</summary>
/// <param name="Valid">Whether the verdict is <c>holds</c>.</param>
/// <param name="Verdict"><c>holds</c> where every draw was repeated and no check failed, <c>refused</c> where one failed, else
/// <c>undecided</c>.</param>
/// <param name="Sealed">Whether this service's seal shows that the seed was fresh. Votes can be found again from any seed, also from one
/// that was chosen to suit the image.</param>
/// <param name="Summary">In words.</param>
/// <param name="Checks">The checks.</param>
public sealed record VerifyAnswer(bool Valid, string Verdict, bool Sealed, string Summary, IReadOnlyList<CheckResult> Checks);

/// <summary>Event <c>check</c>: one check of a certificate.</summary>
/// <param name="Name">The check: <c>image</c>, <c>bound</c>, <c>seal</c>, <c>model</c> or <c>replay</c>.</param>
/// <param name="Title">The same in words.</param>
/// <param name="Outcome"><c>passed</c>, <c>failed</c>, or <c>unknown</c> where this service cannot decide it.</param>
/// <param name="Detail">What was found.</param>
public sealed record CheckResult(string Name, string Title, string Outcome, string Detail);

/// <summary>Event <c>progress</c> of a replay.</summary>
/// <param name="Draws">Draws so far.</param>
/// <param name="Total">The most draws it will take.</param>
public sealed record DrawsEvent(int Draws, int Total);
