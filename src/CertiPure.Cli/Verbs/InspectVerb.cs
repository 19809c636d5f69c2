using System.CommandLine;
using System.Globalization;
using CertiPure.Cli.Options;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Cli.Verbs;

/// <summary><c>inspect</c>: what a checkpoint holds.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string> _file = new("FILE") { Description = "A checkpoint file, or a Hugging Face folder." };
    private readonly Option<string> _section = CheckpointOptions.Section();
    private readonly Option<bool> _json = OutputOptions.Json();

    /// <summary>Defines the verb.</summary>
    public InspectVerb(Terminal terminal)
        : base(
            "inspect",
            "Shows a checkpoint's network, parameter count, types, tensors and hash; nothing in it is executed.",
            "certipure inspect resnet20-12fca82f.th",
            terminal)
    {
        Add(_file);
        Add(_section);
        Add(_json);
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        LibTorch.Load();
        var inspection = CheckpointInspection.Of(parse.GetRequiredValue(_file), parse.GetValue(_section));
        if (parse.GetValue(_json))
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
