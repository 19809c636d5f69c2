using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>How a run purifies.</summary>
/// <param name="Method">The method's name on the command line: <c>none</c>, <c>edm</c>, <c>consistency</c>, ...</param>
/// <param name="Level">How sigma becomes the network's noise level: <c>exact</c> or <c>nearest</c>; null without a network.</param>
/// <param name="Clamp">Whether purified pixels are clipped to [0,1] before the classifier.</param>
/// <param name="NetworkCalls">Network evaluations per draw; 0 for <c>none</c>.</param>
public sealed record PurifierIdentity(string Method, string? Level, bool Clamp, int NetworkCalls)
{
    /// <summary>The class that a class-conditional network was given for every image; null where it takes none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Label { get; init; }
}
