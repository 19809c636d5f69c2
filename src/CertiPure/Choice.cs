namespace CertiPure;

/// <summary>An enumeration's values by the words that files and people write: its names in lower case, and nothing else.</summary>
public static class Choice
{
    /// <summary>The words of an enumeration, in its order.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    public static IReadOnlyList<string> Words<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Word)];

    /// <summary>The word of a value.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="value">The value.</param>
    public static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>The value of a word.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="word">The word, letter for letter.</param>
    /// <param name="what">What is chosen, for the error: <c>precision</c>.</param>
    /// <exception cref="CertiPureException">There is no such word.</exception>
    public static T Parse<T>(string word, string what)
        where T : struct, Enum
    {
        int index = Words<T>().ToList().IndexOf(word);
        return index >= 0
            ? Enum.GetValues<T>()[index]
            : throw new CertiPureException(
                $"There is no {what} '{Results.Excerpt.Of(word)}'; choose {string.Join(" or ", Words<T>())}.", ErrorReason.InvalidArgument);
    }
}
