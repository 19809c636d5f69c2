using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Reports;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Verbs;

/// <summary><c>bound</c>: the exact bounds and radius that counts give.</summary>
internal sealed class BoundVerb : Verb
{
    private readonly Option<int?> _successes = new("--successes", "-k")
    {
        Description = "Draws that voted for the selected class.",
        HelpName = "K",
    };

    private readonly Option<int?> _trials = new("--trials", "-n")
    {
        Description = "Draws in all; the sum of --votes.",
        HelpName = "N",
    };

    private readonly Option<string?> _votes = new("--votes")
    {
        Description = "Votes per class instead: the first is the selected class, which the votes themselves must not have chosen.",
        HelpName = "V,V,...",
    };

    private readonly Option<double> _alpha = SmoothingOptions.Alpha();

    private readonly Option<double?> _sigma = new("--sigma")
    {
        Description = "Noise level in pixel space, for the radius.",
        HelpName = "S",
    };

    private readonly Option<bool> _allowLargeSigma = SmoothingOptions.AllowLargeSigma();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public BoundVerb(Terminal terminal)
        : base(
            "bound",
            "Computes the exact Clopper-Pearson bounds and the certified radius from counts.",
            """
            certipure bound --successes 480 --trials 500 --sigma 0.5
            certipure bound --votes 225,100,90,85 --sigma 0.5
            """,
            terminal)
    {
        Add(_successes);
        Add(_trials);
        Add(_votes);
        Add(_alpha);
        Add(_sigma);
        Add(_allowLargeSigma);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        double alpha = parse.GetValue(_alpha);
        double? sigma = parse.GetValue(_sigma);
        SmoothingOptions.RefuseAlpha(alpha);
        if (sigma is { } given)
        {
            SmoothingOptions.CheckSigma(given, parse.GetValue(_allowLargeSigma), Terminal);
        }

        int[]? votes = parse.GetValue(_votes) is { } text ? ReadVotes(text) : null;
        (int successes, int trials) = ReadCounts(parse, votes);
        var top = new Look(trials, successes, alpha);
        // Where two classes share the votes the first one's bound is as good for both; else each bound spends one half of alpha.
        Look look = votes is { Length: > 2 } ? new Look(votes, 0, alpha / 2, alpha / 2) : top;
        (double lowerBound, double upperBound, double radius, bool isCertified) = MarginBound.Of([look], sigma ?? 1);
        (double topLowerBound, _, double topRadius, _) = MarginBound.Of([top], sigma ?? 1);
        if (parse.GetValue(_json))
        {
            Terminal.WriteJson(new
            {
                successes,
                trials,
                votes,
                alpha,
                sigma,
                lowerBound,
                upperBound,
                radius = sigma is null ? (double?)null : radius,
                abstains = !isCertified,
                topLowerBound,
                topRadius = sigma is null ? (double?)null : topRadius,
            });
            return Task.FromResult(ExitCode.Success);
        }

        Terminal.WriteLine(CertificateText.Bounds(lowerBound, upperBound, alpha));
        Terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Lower bound {lowerBound:R}, others at most {upperBound:R}."));
        if (isCertified && sigma is not null)
        {
            Terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"No change of L2 norm below {radius:R} alters the answer."));
        }

        if (votes is { Length: > 2 })
        {
            Terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"From the first class's votes alone, with all of alpha: lower bound {topLowerBound:R}, ")
                + (topLowerBound <= 0.5 ? "abstain."
                : sigma is null ? "certified."
                : string.Create(CultureInfo.InvariantCulture, $"radius {topRadius:R}.")));
        }

        return Task.FromResult(ExitCode.Success);
    }

    private (int Successes, int Trials) ReadCounts(ParseResult parse, int[]? votes)
    {
        int? successes = parse.GetValue(_successes);
        int? trials = parse.GetValue(_trials);
        if (votes is not null)
        {
            return successes is null && (trials is null || trials == votes.Sum())
                ? (votes[0], votes.Sum())
                : throw new CertiPureException(
                    "--votes say how many draws there were and how many were for the first class; leave out --successes and --trials.",
                    ErrorReason.InvalidArgument);
        }

        if (successes is not { } k || trials is not { } n)
        {
            throw new CertiPureException("bound needs --successes and --trials, or --votes.", ErrorReason.InvalidArgument);
        }

        return n >= 1 && k >= 0 && k <= n
            ? (k, n)
            : throw new CertiPureException($"{k} successes of {n} trials cannot be; give 0 <= K <= N and N >= 1.", ErrorReason.InvalidArgument);
    }

    private static int[] ReadVotes(string text)
    {
        var votes = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            votes.Add(NumberText.ReadWhole(part, 0, int.MaxValue, out Int128 count) is null
                ? (int)count
                : throw new CertiPureException($"'{part}' in --votes is not a number of votes; write them as 480,15,5.", ErrorReason.InvalidArgument));
        }

        long total = votes.Sum(count => (long)count);
        return total is >= 1 and <= int.MaxValue
            ? [.. votes]
            : throw new CertiPureException($"--votes sum to {total}; there must be at least one draw and at most {int.MaxValue}.", ErrorReason.InvalidArgument);
    }
}
