using System.Text.Json;
using System.Text.RegularExpressions;

namespace CertiPure.Results;

/// <summary>Describes what is wrong with JSON in words for people, who do not know the serializer's types.</summary>
internal static partial class JsonErrors
{
    public static string Describe(JsonException error)
    {
        // The serializer appends its own "Path: ... | LineNumber: ..." to the sentence; only the place is kept, in words.
        string sentence = error.Message.Split(" Path: ", 2)[0].Split(" LineNumber: ", 2)[0].TrimEnd('.', ' ');
        string place = error.LineNumber is long line ? $" (line {line + 1}, byte {error.BytePositionInLine + 1})" : "";
        return Excerpt.Of(InWords(sentence, error.Path)) + place;
    }

    private static string InWords(string sentence, string? path)
    {
        if (UnknownMember().Match(sentence) is { Success: true } unknown)
        {
            return $"the member {unknown.Groups[1].Value} is unknown";
        }

        if (MissingMembers().Match(sentence) is { Success: true } missing)
        {
            return $"these members are missing: {missing.Groups[1].Value}";
        }

        if (DuplicateMember().Match(sentence) is { Success: true } twice)
        {
            return $"the member {twice.Groups[1].Value} occurs twice";
        }

        return sentence.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? $"the value of {path?.TrimStart('$', '.')} is of the wrong kind"
            : TypeName().Replace(sentence, "");
    }

    [GeneratedRegex("^The JSON property ('[^']*') could not be mapped")]
    private static partial Regex UnknownMember();

    [GeneratedRegex("missing required properties including: (.*)$", RegexOptions.Singleline)]
    private static partial Regex MissingMembers();

    [GeneratedRegex("^Duplicate property ('[^']*')")]
    private static partial Regex DuplicateMember();

    [GeneratedRegex(" (on|of|for|in|to) (type )?'?(System|CertiPure)\\.[^' ]*'?")]
    private static partial Regex TypeName();
}
