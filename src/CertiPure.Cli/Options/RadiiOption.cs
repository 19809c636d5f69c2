using System.CommandLine;
using System.CommandLine.Parsing;
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

    private static IReadOnlyList<double>? Parse(ArgumentResult argument) => NumberList.Parse(
        argument,
        radius => radius >= 0,
        text => $"--radii holds '{text}', which is no radius; write numbers from 0 up, such as 0,0.25,0.5");
}
