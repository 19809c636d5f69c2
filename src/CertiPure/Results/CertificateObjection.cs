namespace CertiPure.Results;

/// <summary>What is wrong with one certificate.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="Problem">The problem as a phrase.</param>
public sealed record CertificateObjection(int Id, string Problem)
{
    /// <summary>The objection as a sentence.</summary>
    public override string ToString() => $"Image {Id}: {Problem}.";
}
