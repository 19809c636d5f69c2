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

    private readonly Option<string> _interpolation = CreateInterpolation();

    /// <summary><c>--interpolation</c>, of <c>--resize</c> and <c>--classifier-size</c>.</summary>
    public static Option<string> CreateInterpolation()
    {
        var option = new Option<string>("--interpolation")
        {
            Description = "The filter of --resize and --classifier-size: bilinear or bicubic, with antialiasing as in Pillow.",
            DefaultValueFactory = _ => Choice.Word(Interpolation.Bilinear),
        };
        option.AcceptOnlyFromAmong([.. Choice.Words<Interpolation>()]);
        return option;
    }

    /// <summary>The filter that <c>--interpolation</c> names.</summary>
    /// <param name="parse">The parsed arguments of a verb that has the option.</param>
    public static Interpolation ReadInterpolation(ParseResult parse) =>
        Choice.Parse<Interpolation>(parse.GetRequiredValue<string>("--interpolation"), "filter");

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(_resize);
        verb.Add(_crop);
        verb.Add(_interpolation);
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
        Preparation = new PicturePreparation(parse.GetValue(_resize), parse.GetValue(_crop), ReadInterpolation(parse)),
    };
}
