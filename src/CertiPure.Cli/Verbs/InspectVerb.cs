using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Onnx;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.TorchScript;

namespace CertiPure.Cli.Verbs;

/// <summary><c>inspect</c>: what a checkpoint, an ONNX file or a TorchScript file holds.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _file = new("FILE") { Description = "A checkpoint, an ONNX or TorchScript file, or a Hugging Face folder." };
    private readonly Option<string> _section = CheckpointOptions.Section();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public InspectVerb(Terminal terminal)
        : base(
            "inspect",
            "Shows a checkpoint's network and tensors, or the inputs and outputs of an ONNX or TorchScript file; nothing in it is executed.",
            """
            certipure inspect resnet20-12fca82f.th
            certipure inspect mine.onnx
            """,
            terminal)
    {
        Add(_file);
        Add(_section);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        string path = parse.GetRequiredValue(_file);
        bool asJson = parse.GetValue(_json);
        if (OnnxInspection.IsOnnx(path))
        {
            Show(OnnxInspection.Of(path), asJson);
            return Task.FromResult(ExitCode.Success);
        }

        if (File.Exists(path) && TorchScriptInspection.Of(path) is { } program)
        {
            Show(program, asJson);
            return Task.FromResult(ExitCode.Success);
        }

        LibTorch.Load();
        var inspection = CheckpointInspection.Of(path, parse.GetValue(_section));
        if (asJson)
        {
            Terminal.WriteJson(new
            {
                inspection.Path,
                Format = inspection.Format.ToString(),
                inspection.Section,
                inspection.Network,
                inspection.ElementCount,
                inspection.ByteCount,
                ElementTypes = inspection.ElementTypes.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
                Tensors = inspection.Tensors.Select(
                    tensor => new { tensor.Name, Type = tensor.ElementType.ToString(), tensor.Shape }),
                inspection.LeftOut,
                inspection.Metadata,
                inspection.Sha256,
            });
        }
        else
        {
            Print(inspection);
        }

        return Task.FromResult(ExitCode.Success);
    }

    private void Show(OnnxInspection model, bool asJson)
    {
        if (asJson)
        {
            Terminal.WriteJson(new
            {
                model.Path,
                Format = "Onnx",
                model.Producer,
                OperatorSets = model.OperatorSets.ToDictionary(set => Domain(set.Key), set => set.Value),
                model.Inputs,
                model.Outputs,
                model.Metadata,
                model.Files,
            });
            return;
        }

        Terminal.WriteLine($"file        {model.Path} (ONNX)");
        Terminal.WriteLine($"producer    {(model.Producer.Length > 0 ? model.Producer : "not recorded")}");
        Terminal.WriteLine("opset       " + string.Join(", ", model.OperatorSets.Select(
            set => string.Create(CultureInfo.InvariantCulture, $"{Domain(set.Key)} {set.Value}"))));
        foreach (OnnxValue input in model.Inputs)
        {
            Terminal.WriteLine($"input       {input}");
        }

        foreach (OnnxValue output in model.Outputs)
        {
            Terminal.WriteLine($"output      {output}");
        }

        foreach ((string name, string hash) in model.Files)
        {
            Terminal.WriteLine($"SHA-256     {hash} {name}");
        }

        foreach ((string key, string value) in model.Metadata)
        {
            Terminal.WriteLine($"{key,-11} {value}");
        }

        if (model.Inputs.Count != 1 || model.Inputs[0].Dimensions.Count != 4)
        {
            Terminal.WriteLine("\nNot an image classifier: one input of images [N,C,H,W] or [N,H,W,C] is needed.");
            return;
        }

        GiveClassifier(model.Path, "", model.Outputs.Count > 1 ? $" --output {model.Outputs[^1].Name}" : "");
        if (model.Outputs.Count > 1)
        {
            Terminal.WriteLine("--output        which output gives the scores, where it is not the one that is found by itself");
        }
    }

    private void Show(TorchScriptInspection program, bool asJson)
    {
        if (asJson)
        {
            Terminal.WriteJson(new
            {
                program.Path,
                Format = "TorchScript",
                Producer = "PyTorch",
                program.Version,
                program.Program,
                program.Input,
                program.Output,
                program.HasParameters,
                program.Sha256,
            });
            return;
        }

        Terminal.WriteLine($"file        {program.Path} (TorchScript)");
        Terminal.WriteLine($"producer    PyTorch, archive format {program.Version}");
        Terminal.WriteLine($"program     {program.Program}");
        Terminal.WriteLine($"input       {program.Input} (sizes are not recorded)");
        Terminal.WriteLine($"output      {program.Output}");
        Terminal.WriteLine($"parameters  {(program.HasParameters ? "yes" : "none: frozen, so it cannot be fine-tuned, but attacked and trained through")}");
        Terminal.WriteLine($"SHA-256     {program.Sha256}");
        bool returnsOne = program.Output == "Tensor";
        GiveClassifier(program.Path, " --shape 3x224x224", returnsOne ? "" : " --output NAME");
        Terminal.WriteLine("--shape         the size of the images that it takes");
        if (!returnsOne)
        {
            Terminal.WriteLine("--output        which output gives the scores (a dictionary's key, or a position from 0), where several can");
        }
    }

    private void GiveClassifier(string path, string shape, string output)
    {
        string description = Path.GetFileNameWithoutExtension(path) + ".json";
        Terminal.WriteLine($"\nNext: certipure describe {path}{shape} --mean M --std S --classes FILE{output} --out {Path.Combine(Path.GetDirectoryName(path) ?? "", description)}");
        Terminal.WriteLine("--mean, --std   what was subtracted and divided by in training, for pixels from 0 to 1; leave out what the network does itself");
        Terminal.WriteLine("--classes       the names of the classes, one per line; leave it out where the metadata have them");
    }

    private static string Domain(string name) => name.Length > 0 ? name : "ai.onnx";

    private const int MaxLeftOut = 5;

    private void Print(CheckpointInspection inspection)
    {
        string section = inspection.Section.Length > 0 ? $", section {inspection.Section}" : "";
        Terminal.WriteLine($"file        {inspection.Path} ({inspection.Format}{section})");
        Terminal.WriteLine($"network     {inspection.Network?.Description ?? "not recognised"}");
        if (inspection.Network?.UsualPixels is { } pixels)
        {
            Terminal.WriteLine($"pixels      not said how they are normalised; usual are {pixels}");
        }

        if (inspection.LeftOut.Count > 0)
        {
            string more = inspection.LeftOut.Count > MaxLeftOut ? $" and {inspection.LeftOut.Count - MaxLeftOut} more" : "";
            Terminal.WriteLine($"left out    {string.Join(", ", inspection.LeftOut.Take(MaxLeftOut))}{more}");
        }

        Terminal.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"elements    {inspection.ElementCount:N0} in {inspection.Tensors.Count} tensors, {inspection.ByteCount:N0} bytes"));
        Terminal.WriteLine("types       " + string.Join(", ", inspection.ElementTypes.Select(pair => string.Create(
            CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:N0}"))));
        Terminal.WriteLine($"SHA-256     {inspection.Sha256}");
        foreach ((string key, string value) in inspection.Metadata)
        {
            Terminal.WriteLine($"{key,-11} {value}");
        }

        int width = inspection.Tensors.Select(tensor => tensor.Name.Length).DefaultIfEmpty(0).Max();
        Terminal.WriteLine();
        foreach (CheckpointTensor tensor in inspection.Tensors)
        {
            Terminal.WriteLine($"{tensor.Name.PadRight(width)}  {tensor.ElementType,-8}  [{string.Join(", ", tensor.Shape)}]");
        }
    }
}
