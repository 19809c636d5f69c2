using System.CommandLine;
using CertiPure.Images;
using CertiPure.Recipes.Catalog.Forms;

namespace CertiPure.Cli.Options;

/// <summary>How pictures of one's own become images: <c>--resize --crop --interpolation --labels --strict</c>.</summary>
internal sealed class PictureInputOptions
{
    private readonly Option<int?> _resize = new("--resize")
    {
        Description = "Before the noise: scale each picture's shorter side to this, and cut out the middle square.",
        HelpName = "PIXELS",
    };

    private readonly Option<int?> _crop = new("--crop")
    {
        Description = "Before the noise: the square's side, where it is not that of --resize.",
        HelpName = "PIXELS",
    };

    private readonly Option<string?> _labels = new("--labels")
    {
        Description = "A table of file names and labels; labels.csv within the folder is found by itself.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _strict = new("--strict") { Description = "Refuse pictures of one's own where a file would be left out." };

    /// <summary><c>--interpolation</c>, of <c>--resize</c> and <c>--classifier-size</c>.</summary>
    public static Option<Interpolation> CreateInterpolation()
    {
        var option = new Option<Interpolation>("--interpolation")
        {
            Description = "The filter of --resize and --classifier-size: bilinear or bicubic, with antialiasing as in Pillow.",
            DefaultValueFactory = _ => Images.Interpolation.Bilinear,
            CustomParser = argument => argument.Tokens[0].Value switch
            {
                "bilinear" => Images.Interpolation.Bilinear,
                "bicubic" => Images.Interpolation.Bicubic,
                var text => Wrong(argument, text),
            },
        };
        // The enumeration's own names come first otherwise.
        option.CompletionSources.Clear();
        option.CompletionSources.Add("bilinear", "bicubic");
        return option;

        static Interpolation Wrong(System.CommandLine.Parsing.ArgumentResult argument, string text)
        {
            argument.AddError($"--interpolation {text} is not a filter; choose bilinear or bicubic");
            return default;
        }
    }

    private Option<Interpolation> Interpolation { get; } = CreateInterpolation();

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(_resize);
        verb.Add(_crop);
        verb.Add(Interpolation);
        verb.Add(_labels);
        verb.Add(_strict);
    }

    /// <summary>What the options ask for.</summary>
    /// <param name="parse">The parsed arguments.</param>
    /// <param name="split">The split, or null.</param>
    public PictureOptions Read(ParseResult parse, string? split) => new()
    {
        Split = split,
        LabelsFile = parse.GetValue(_labels),
        Strict = parse.GetValue(_strict),
        Preparation = new PicturePreparation(parse.GetValue(_resize), parse.GetValue(_crop), parse.GetValue(Interpolation)),
    };
}
