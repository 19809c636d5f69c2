using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Cli.Options;

/// <summary>What happens to images before the classifier's network, and how its scores are read: <c>--mean --std --input-range --channels
/// --classifier-size --output --classes</c>.</summary>
internal sealed class PreprocessingOptions
{
    private readonly Option<IReadOnlyList<double>?> _mean = Numbers("--mean", "What the network's input is less by: one number or one per channel.");
    private readonly Option<IReadOnlyList<double>?> _deviation = Numbers("--std", "What it is divided by then: one number or one per channel.");

    private readonly Option<(double Low, double High)?> _range = new("--input-range")
    {
        Description = "What the network takes for black and white, before --mean and --std: 0..255, -1..1; 0..1 if absent.",
        HelpName = "LOW..HIGH",
        CustomParser = argument =>
        {
            string[] ends = argument.Tokens[0].Value.Split("..");
            if (ends.Length == 2 && TryNumber(ends[0], out double low) && TryNumber(ends[1], out double high))
            {
                return (low, high);
            }

            argument.AddError($"--input-range {argument.Tokens[0].Value} is not a range such as 0..255");
            return null;
        },
    };

    private readonly Option<string> _channels = new("--channels")
    {
        Description = "The order of the network's channels: rgb or bgr.",
        DefaultValueFactory = _ => "rgb",
    };

    private readonly Option<int?> _size = new("--classifier-size")
    {
        Description = "Resize the purified images to this side for the classifier (--interpolation).",
        HelpName = "PIXELS",
    };

    private readonly Option<string?> _output = new("--output")
    {
        Description = "The classifier's output that gives the scores: its name, or a position from 0.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _classes = new("--classes")
    {
        Description = "The names of the classifier's classes in the order of its scores: one per line, or a JSON list.",
        HelpName = "FILE",
    };

    /// <summary>Defines the options.</summary>
    public PreprocessingOptions() => _channels.AcceptOnlyFromAmong("rgb", "bgr");

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[_mean, _deviation, _range, _channels, _size, _output, _classes])
        {
            verb.Add(option);
        }
    }

    /// <summary>Completes a request.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="request">The request.</param>
    /// <param name="interpolation">The filter of <c>--classifier-size</c>.</param>
    /// <exception cref="CertiPureException">The file of names cannot be read.</exception>
    public ModelRequest Complete(ParseResult parse, ModelRequest request, Interpolation interpolation)
    {
        (double low, double high) = parse.GetValue(_range) ?? (0, 1);
        return request with
        {
            Preprocessing = new ClassifierPreprocessing
            {
                Size = parse.GetValue(_size),
                Interpolation = interpolation,
                IsBgr = parse.GetValue(_channels) == "bgr",
                Low = low,
                High = high,
                Mean = parse.GetValue(_mean) ?? [],
                Deviation = parse.GetValue(_deviation) ?? [],
            },
            Output = parse.GetValue(_output),
            ClassNames = parse.GetValue(_classes) is { } file ? ClassMatching.ReadNames(file) : [],
        };
    }

    private static Option<IReadOnlyList<double>?> Numbers(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "NUMBERS",
        CustomParser = argument => Parse(argument, name),
    };

    private static List<double>? Parse(ArgumentResult argument, string name)
    {
        var numbers = new List<double>();
        foreach (string text in argument.Tokens[0].Value.Split(','))
        {
            if (!TryNumber(text, out double number))
            {
                argument.AddError($"{name} {argument.Tokens[0].Value} is not a number, or several joined by commas such as 0.485,0.456,0.406");
                return null;
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);
}
