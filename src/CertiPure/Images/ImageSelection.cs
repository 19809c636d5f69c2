using System.Globalization;

namespace CertiPure.Images;

/// <summary>
/// Which images of a data set: <c>every:20</c> (0, 20, 40, ...), <c>0..1016:2</c> (both ends included, every second),
/// <c>0..99</c>, <c>3,7</c>, <c>all</c>, and any of these joined by commas.
/// </summary>
public sealed class ImageSelection
{
    private readonly (int First, int? Last, int Step)[] _ranges;

    private ImageSelection(string text, (int First, int? Last, int Step)[] ranges)
    {
        Text = text;
        _ranges = ranges;
    }

    /// <summary>Every image.</summary>
    public static ImageSelection All { get; } = new("all", [(0, null, 1)]);

    /// <summary>The selection as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a selection.</summary>
    /// <param name="text">As described for this class.</param>
    /// <exception cref="CertiPureException">The text is not a selection.</exception>
    public static ImageSelection Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        return new ImageSelection(trimmed, [.. trimmed.Split(',').Select(term => ParseTerm(term.Trim(), trimmed))]);
    }

    /// <summary>The selected ids, ascending, each once.</summary>
    /// <param name="count">The number of images of the data set.</param>
    /// <exception cref="CertiPureException">An id lies outside the data set, or nothing is selected.</exception>
    public IReadOnlyList<int> Resolve(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var ids = new SortedSet<int>();
        foreach ((int first, int? last, int step) in _ranges)
        {
            int end = last ?? (count - 1);
            if (last is not null && end >= count)
            {
                throw new CertiPureException(
                    $"The selection '{Text}' asks for image {end}, but the last of the {count} images is {count - 1}.",
                    ErrorReason.InvalidArgument);
            }

            for (long id = first; id <= end; id += step)
            {
                ids.Add((int)id);
            }
        }

        if (ids.Count == 0)
        {
            throw new CertiPureException($"The selection '{Text}' selects none of the {count} images.", ErrorReason.InvalidArgument);
        }

        return [.. ids];
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static (int First, int? Last, int Step) ParseTerm(string term, string text)
    {
        if (term == "all")
        {
            return (0, null, 1);
        }

        if (term.StartsWith("every:", StringComparison.Ordinal) && TryStep(term["every:".Length..], out int every))
        {
            return (0, null, every);
        }

        string[] parts = term.Split(':');
        string[] ends = parts[0].Split("..");
        int step = 1;
        if (parts.Length <= 2 && ends.Length <= 2 && (parts.Length == 1 || (ends.Length == 2 && TryStep(parts[1], out step)))
            && TryNumber(ends[0], out int first) && TryNumber(ends[^1], out int last) && first <= last)
        {
            return (first, last, step);
        }

        throw new CertiPureException(
            $"'{term}' in the selection '{text}' is not understood; write every:20, 0..1016:2, 0..99, 3,7 or all.",
            ErrorReason.InvalidArgument);
    }

    private static bool TryStep(string text, out int step) => TryNumber(text, out step) && step > 0;

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
