using System.CommandLine;
using System.CommandLine.Parsing;
using CertiPure.Reports;

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

/// <summary><c>--radii 0,0.25,0.5</c>.</summary>
internal static class RadiiOption
{
    /// <summary>Defines the option; absent it gives the radii of the paper's tables.</summary>
    public static Option<IReadOnlyList<double>> Create() => new("--radii")
    {
        Description = "Radii in pixel space, joined by commas.",
        HelpName = "R,R,...",
        CustomParser = Parse,
        DefaultValueFactory = _ => CertifiedAccuracy.DefaultRadii,
    };

    private static IReadOnlyList<double>? Parse(ArgumentResult argument) => NumberList.Parse(
        argument,
        radius => radius >= 0,
        text => $"--radii holds '{text}', which is not a radius; write numbers from 0 up, such as 0,0.25,0.5");
}
