namespace CertiPure.Results;

/// <summary>Shortens text from a file for a message, so that an error stays one line whatever the file holds.</summary>
internal static class Excerpt
{
    private const int MaximumLength = 80;

    public static string Of(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MaximumLength ? line : string.Concat(line.AsSpan(0, MaximumLength - 3), "...");
    }
}
