namespace CertiPure.Server.Contracts;

/// <summary>Event <c>verdict</c>, and the answer where JSON is asked for.</summary>
/// <param name="Valid">Whether the verdict is <c>holds</c>.</param>
/// <param name="Verdict"><c>holds</c> where every draw was repeated and no check failed, <c>refused</c> where one failed, else
/// <c>undecided</c>.</param>
/// <param name="Summary">In words.</param>
/// <param name="Checks">The checks.</param>
public sealed record VerifyAnswer(bool Valid, string Verdict, string Summary, IReadOnlyList<CheckResult> Checks);
