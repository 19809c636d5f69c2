using System.CommandLine.Parsing;

namespace CertiPure.Cli.Options;

/// <summary>Options whose value is numbers joined by commas, as <c>--radii 0,0.25</c>; given again, an option adds to them.</summary>
internal static class NumberList
{
    /// <summary>The numbers, ascending and each once; null, with an error at the option, where one is not as it must be.</summary>
    /// <param name="argument">What was given.</param>
    /// <param name="isRight">What a finite number must be.</param>
    /// <param name="complaint">The error for the text of a wrong one.</param>
    public static IReadOnlyList<double>? Parse(ArgumentResult argument, Func<double, bool> isRight, Func<string, string> complaint)
    {
        var numbers = new SortedSet<double>();
        foreach (string text in argument.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (NumberText.ReadReal(text, out double number) is not null || !isRight(number))
            {
                argument.AddError(complaint(text));
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}
