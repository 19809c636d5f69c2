namespace CertiPure.Recipes.Catalog;

/// <summary>What the user wants to purify with: <c>METHOD[:WEIGHTS]</c>.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Weights">A bundled model's name (<c>NAME</c> or <c>NAME/FILE</c>) or a path; null for <c>none</c>.</param>
public sealed record PurifierChoice(string Method, string? Weights)
{
    /// <summary>No purifier: plain randomized smoothing.</summary>
    public static PurifierChoice None { get; } = new("none", null);

    /// <summary>The methods, by name, each with the bundled files that a bare model name stands for.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> Methods { get; } =
        new Dictionary<string, IReadOnlyList<string>>
        {
            ["none"] = [],
            ["ddpm"] = ["ddpm"],
            ["edm"] = ["edm"],
            ["pf-ode"] = ["edm"],
            ["consistency"] = ["consistency-lpips", "consistency"],
            ["calibrated"] = ["calibrated"],
        };

    /// <summary>The bundled files that a bare model name stands for, the preferred one first.</summary>
    public IReadOnlyList<string> UsualFiles => Methods[Method];

    /// <summary>Reads a choice.</summary>
    /// <param name="text"><c>none</c> or <c>METHOD:WEIGHTS</c>.</param>
    /// <exception cref="CertiPureException">The method is unknown, or weights are missing or superfluous.</exception>
    public static PurifierChoice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':', 2);
        if (!Methods.ContainsKey(parts[0]))
        {
            throw new CertiPureException(
                $"There is no purifier '{parts[0]}'; choose one of {string.Join(", ", Methods.Keys)}.", ErrorReason.InvalidArgument);
        }

        return (parts[0], parts is [_, { Length: > 0 } weights] ? weights : null) switch
        {
            ("none", null) => None,
            ("none", _) => throw new CertiPureException("The purifier none has no weights; write none alone.", ErrorReason.InvalidArgument),
            (var method, null) => throw new CertiPureException(
                $"The purifier {method} needs weights; write {method}:NAME for a bundled model or {method}:PATH.", ErrorReason.InvalidArgument),
            (var method, var path) => new PurifierChoice(method, path),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Weights is null ? Method : $"{Method}:{Weights}";
}
