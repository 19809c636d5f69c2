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
