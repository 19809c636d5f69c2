using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Cli.Verbs;

/// <summary><c>describe</c>: a classifier with its preprocessing and class names, written down once.</summary>
internal sealed class DescribeVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL") { Description = "An ONNX or TorchScript file, or a PyTorch state dict." };
    private readonly PreprocessingOptions _preprocessing = new();
    private readonly Option<string> _interpolation = PictureInputOptions.CreateInterpolation();

    private readonly Option<string?> _architecture = new("--arch")
    {
        Description = "The architecture of a state dict that does not record its own.",
        HelpName = "NAME",
    };

    private readonly Option<ImageShape?> _shape = new("--shape")
    {
        Description = "The shape that the network takes, where its file leaves it open: 3x224x224.",
        HelpName = "CxHxW",
        CustomParser = ParseShape,
    };

    private readonly Option<string> _out = OutputOptions.Out("The description (.json), in the model's folder.", required: true);
    private readonly Option<bool> _overwrite = OutputOptions.Overwrite();

    /// <summary>Defines the verb.</summary>
    public DescribeVerb(Terminal terminal)
        : base(
            "describe",
            "Writes down a classifier with its preprocessing and class names, for --classifier wherever one is given.",
            "certipure describe mine.onnx --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --classes names.txt --out mine.json",
            terminal)
    {
        Add(_model);
        _preprocessing.AddTo(this);
        foreach (Option option in (Option[])[_interpolation, _architecture, _shape, _out, _overwrite])
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string model = parse.GetRequiredValue(_model), path = parse.GetRequiredValue(_out);
        if (!File.Exists(model))
        {
            throw new CertiPureException($"{model} does not exist.", ErrorReason.InvalidArgument);
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) != Path.GetDirectoryName(Path.GetFullPath(model))
            || !string.Equals(Path.GetExtension(path), ".json", StringComparison.OrdinalIgnoreCase))
        {
            throw new CertiPureException($"The description of {model} must be a .json file in the same folder.", ErrorReason.InvalidArgument);
        }

        ModelRequest request = _preprocessing.Complete(
            parse, new ModelRequest(model, PurifierChoice.None, 1, default), PictureInputOptions.ReadInterpolation(parse)) with
        {
            Architecture = parse.GetValue(_architecture),
        };
        request = request with { Shape = parse.GetValue(_shape) ?? OwnShape(request) };
        var description = ClassifierDescription.Of(request);
        OutputFile.Write(path, parse.GetValue(_overwrite), description.Write);
        Terminal.WriteLine($"{path}: {description.Preprocessing}; {(description.ClassNames.Count == 0 ? "no class names" : $"{description.ClassNames.Count} class names")}.");
        return Task.FromResult(ExitCode.Success);
    }

    private static ImageShape OwnShape(ModelRequest request)
    {
        if (OnnxInspection.IsOnnx(request.Classifier))
        {
            using var model = new OnnxClassifier(request.Classifier, null, 1, request.Output);
            return model.Shape;
        }

        return request.Preprocessing.Size is { } side
            ? new ImageShape(3, side, side)
            : throw new CertiPureException(
                $"{request.Classifier} does not record the size of its images; give it with --shape, such as 3x224x224.", ErrorReason.InvalidArgument);
    }

    private static ImageShape? ParseShape(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        int[] sizes = [.. text.Split('x').Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size is > 0 and <= 4096 ? size : 0)];
        if (sizes is [1 or 3, > 0, > 0])
        {
            return new ImageShape(sizes[0], sizes[1], sizes[2]);
        }

        argument.AddError($"--shape {text} is not a shape such as 3x224x224");
        return null;
    }
}
