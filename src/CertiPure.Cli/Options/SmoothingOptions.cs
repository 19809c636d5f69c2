using System.CommandLine;
using System.Globalization;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Options;

/// <summary>Options of the statistics that several verbs share, with what no value of them may be.</summary>
internal static class SmoothingOptions
{
    private const double LargeSigma = 2;
    private const double LargestUsualSigma = 10;

    /// <summary><c>--alpha</c>: the probability with which an answer may be wrong.</summary>
    public static Option<double> Alpha() => new("--alpha")
    {
        Description = "Probability with which an answer may be wrong.",
        HelpName = "A",
        DefaultValueFactory = _ => 0.001,
    };

    /// <summary><c>--sigma</c>: the noise level.</summary>
    public static Option<double> Sigma() => new("--sigma")
    {
        Description = "Noise level in pixel space: the standard deviation added to pixels in [0,1].",
        HelpName = "S",
        Required = true,
    };

    /// <summary><c>--seed</c>: the noise's seed.</summary>
    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Seed of the noise; the same seed gives the same certificates.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    /// <summary><c>--seed</c> of votes: fresh by default, because who knows the seed beforehand could craft an image to the noise.</summary>
    public static Option<RequestedSeed> VotesSeed() => new("--seed")
    {
        Description = "Seed of the noise: fresh, drawn at random and recorded, or a number, recorded as chosen by the operator; the same "
            + "seed gives the same votes.",
        HelpName = "fresh|N",
        DefaultValueFactory = _ => RequestedSeed.Fresh,
        CustomParser = result =>
        {
            string word = result.Tokens[0].Value;
            if (word != "fresh" && !ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                result.AddError($"--seed takes fresh or a whole number from 0 to {ulong.MaxValue}, not '{word}'.");
                return RequestedSeed.Fresh;
            }

            return word == "fresh" ? RequestedSeed.Fresh : new RequestedSeed(ulong.Parse(word, CultureInfo.InvariantCulture));
        },
    };

    /// <summary><c>--n</c>: the draws of an answer.</summary>
    /// <param name="usual">The number where the option is absent.</param>
    public static Option<int> Draws(int usual) => new("--n")
    {
        Description = "Draws per image that the answer rests on.",
        HelpName = "N",
        DefaultValueFactory = _ => usual,
    };

    /// <summary><c>--bound</c>: which votes the radius follows from.</summary>
    public static Option<string> Bound()
    {
        var option = new Option<string>("--bound")
        {
            Description = "margin: the votes of the two leading classes; top: those of the first alone, as papers do.",
            DefaultValueFactory = _ => "margin",
        };
        option.AcceptOnlyFromAmong("margin", "top");
        return option;
    }

    /// <summary>The bound by its name on the command line.</summary>
    public static BoundKind ReadBound(string name) => name == "top" ? BoundKind.Top : BoundKind.Margin;

    /// <summary><c>--noise</c>: the noise's kind.</summary>
    public static Option<string> Noise()
    {
        var option = new Option<string>("--noise")
        {
            Description = "normal, or exact: rounded to the 1/255 grid, so that the certificate holds bit for bit.",
            DefaultValueFactory = _ => "normal",
        };
        option.AcceptOnlyFromAmong("normal", "exact");
        return option;
    }

    /// <summary>The noise's kind by its name on the command line.</summary>
    public static NoiseKind ReadNoise(string name) => name == "exact" ? NoiseKind.Exact : NoiseKind.Normal;

    /// <summary>Refuses a probability of error that is none, or too small to compute with.</summary>
    /// <exception cref="CertiPureException">Alpha does not lie between 1e-250 and 1.</exception>
    public static void RefuseAlpha(double alpha)
    {
        if (!(alpha >= BinomialBound.LeastAlpha && alpha < 1))
        {
            throw new CertiPureException(
                string.Create(CultureInfo.InvariantCulture, $"--alpha {alpha} is not a probability between {BinomialBound.LeastAlpha} and 1; the usual one is 0.001."),
                ErrorReason.InvalidArgument);
        }
    }

    /// <summary><c>--allow-large-sigma</c>.</summary>
    public static Option<bool> AllowLargeSigma() => new("--allow-large-sigma")
    {
        Description = $"Allow a noise level above {LargestUsualSigma}.",
    };

    /// <summary>Refuses a noise level that is none, or that was most probably meant for pixels in 0..255; remarks on a large one.</summary>
    /// <param name="sigma">The noise level.</param>
    /// <param name="allowLarge">Whether any level above 0 is meant.</param>
    /// <param name="terminal">Receives the remark.</param>
    /// <exception cref="CertiPureException">Sigma is not a finite number above 0, or above 10 and not asked for.</exception>
    public static void CheckSigma(double sigma, bool allowLarge, Terminal terminal)
    {
        string level = string.Create(CultureInfo.InvariantCulture, $"--sigma {sigma}");
        if (!(sigma > 0) || !double.IsFinite(sigma))
        {
            throw new CertiPureException($"{level} is not a noise level; give a number above 0, such as 0.5.", ErrorReason.InvalidArgument);
        }

        string meant = string.Create(
            CultureInfo.InvariantCulture, $"sigma is for pixels in [0,1]; did you mean {sigma}/255 = {sigma / 255:0.000}?");
        if (sigma > LargestUsualSigma && !allowLarge)
        {
            throw new CertiPureException(
                $"{level} is above {LargestUsualSigma}: {meant} --allow-large-sigma takes it as it is.", ErrorReason.InvalidArgument);
        }

        if (sigma > LargeSigma && !allowLarge)
        {
            terminal.WriteNote($"{level} is large: {meant}");
        }
    }
}

/// <summary>A seed as the command line names it.</summary>
/// <param name="Number">The seed, or null for a fresh one.</param>
internal sealed record RequestedSeed(ulong? Number)
{
    /// <summary>One that is drawn at random.</summary>
    public static RequestedSeed Fresh { get; } = new((ulong?)null);
}
