using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Verbs;

/// <summary><c>bound</c>: the exact lower bound and radius that counts give.</summary>
internal sealed class BoundVerb : Verb
{
    private readonly Option<int> _successes = new("--successes", "-k")
    {
        Description = "Draws that voted for the selected class.",
        HelpName = "K",
        Required = true,
    };

    private readonly Option<int> _trials = new("--trials", "-n")
    {
        Description = "Draws in all.",
        HelpName = "N",
        Required = true,
    };

    private readonly Option<double> _alpha = SmoothingOptions.Alpha();

    private readonly Option<double?> _sigma = new("--sigma")
    {
        Description = "Noise level in pixel space, for the radius.",
        HelpName = "S",
    };

    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public BoundVerb(Terminal terminal)
        : base(
            "bound",
            "Computes the exact Clopper-Pearson lower bound and the certified radius from counts.",
            "certipure bound --successes 480 --trials 500 --sigma 0.5",
            terminal)
    {
        Add(_successes);
        Add(_trials);
        Add(_alpha);
        Add(_sigma);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        int successes = parse.GetRequiredValue(_successes);
        int trials = parse.GetRequiredValue(_trials);
        double alpha = parse.GetValue(_alpha);
        double? sigma = parse.GetValue(_sigma);
        if (trials < 1 || successes < 0 || successes > trials)
        {
            throw new CertiPureException(
                $"{successes} successes of {trials} trials cannot be; give 0 <= K <= N and N >= 1.", ErrorReason.InvalidArgument);
        }

        SmoothingOptions.RefuseAlpha(alpha);
        if (sigma is { } given)
        {
            SmoothingOptions.RefuseSigma(given);
        }

        double lowerBound = BinomialBound.Lower(successes, trials, alpha);
        double? radius = sigma is { } level ? BinomialBound.Radius(lowerBound, level) : null;
        bool abstains = lowerBound <= 0.5;
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(new { successes, trials, alpha, sigma, lowerBound, radius, abstains });
        }
        else
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"With probability at least {1 - (decimal)alpha} over the draws, the class's probability is at least {lowerBound:R}");
            Terminal.WriteLine((abstains, radius) switch
            {
                (true, _) => $"{text}, which is no majority: abstain.",
                (false, null) => $"{text}.",
                (false, { } r) => string.Create(
                    CultureInfo.InvariantCulture, $"{text}, so no change of L2 norm below {r:R} alters the answer."),
            });
        }

        return Task.FromResult(ExitCode.Success);
    }
}
