using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CertiPure.Reports;

namespace CertiPure.Cli.Options;

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

    private static IReadOnlyList<double>? Parse(ArgumentResult argument)
    {
        var radii = new SortedSet<double>();
        foreach (string text in argument.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double radius)
                || !(radius >= 0)
                || !double.IsFinite(radius))
            {
                argument.AddError($"--radii holds '{text}', which is no radius; write numbers from 0 up, such as 0,0.25,0.5");
                return null;
            }

            radii.Add(radius);
        }

        return [.. radii];
    }
}
