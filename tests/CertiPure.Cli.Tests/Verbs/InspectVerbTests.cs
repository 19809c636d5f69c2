namespace CertiPure.Cli.Tests.Verbs;

/// <summary>Models as Python's onnx and torch packages wrote them (Models/make.py of the ONNX tests, Programs/make.py of the Torch tests).</summary>
public sealed class InspectVerbTests
{
    [Theory]
    [InlineData("two-heads.onnx", "opset       ai.onnx 15", "producer    certipure-tests", "output      'z' (Float [N,5])", "--output z")]
    [InlineData("beside.onnx", "input       'x' (Float [N,3,2,4])", "beside.data", "describe")]
    [InlineData("nhwc.onnx", "input       'x' (Float [N,2,4,3])", "output      'y' (Float [N,5])", "--mean, --std")]
    public async Task An_onnx_file_shows_inputs_outputs_and_what_to_give(string name, params string[] parts)
    {
        string output = (await CommandResult.Of("inspect", At("Models", name))).Succeeded();

        Assert.All(parts, part => Assert.Contains(part, output, StringComparison.Ordinal));
        Assert.Contains("\"format\": \"Onnx\"", (await CommandResult.Of("inspect", At("Models", name), "--json")).Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain.pt", "output      Tensor")]
    [InlineData("dictionary.pt", "output      Dict[str, Tensor]")]
    [InlineData("pair.pt", "output      Tuple[Tensor, Tensor]")]
    public async Task A_torchscript_file_shows_its_forward_and_what_to_give(string name, string line)
    {
        string output = (await CommandResult.Of("inspect", At("Programs", name))).Succeeded();

        Assert.Contains("input       x: Tensor", output, StringComparison.Ordinal);
        Assert.Contains(line, output, StringComparison.Ordinal);
        Assert.Contains("--shape", output, StringComparison.Ordinal);
        Assert.Contains("\"hasParameters\": ", (await CommandResult.Of("inspect", At("Programs", name), "--json")).Succeeded(), StringComparison.Ordinal);
    }

    private static string At(string folder, string name) => Path.Combine(AppContext.BaseDirectory, folder, name);
}
