using System.Text.Json;

namespace CertiPure.Results;

/// <summary>Says what is wrong with a JSON text in one phrase a person can act on.</summary>
internal static class JsonErrors
{
    public static string Describe(JsonException error)
    {
        // The serializer appends its own "Path: ... | LineNumber: ..." to the sentence; only the place is kept, in words.
        string sentence = error.Message.Split(" Path: ", 2)[0].Split(" LineNumber: ", 2)[0].TrimEnd('.', ' ');
        string place = error.LineNumber is long line ? $" (line {line + 1}, byte {error.BytePositionInLine + 1})" : "";
        return Excerpt.Of(sentence) + place;
    }
}
