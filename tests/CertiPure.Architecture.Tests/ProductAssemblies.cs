using System.Reflection;

namespace CertiPure.Architecture.Tests;

/// <summary>The assemblies of the product, each with those of them that it may see.</summary>
internal static class ProductAssemblies
{
    /// <summary>What other programs may use too; the rest are programs.</summary>
    public static string[] Libraries { get; } =
        ["CertiPure", "CertiPure.Imaging", "CertiPure.Onnx", "CertiPure.Onnx.Graph", "CertiPure.Torch", "CertiPure.Recipes"];

    public static IReadOnlyDictionary<string, string[]> MaySee { get; } = new Dictionary<string, string[]>
    {
        ["CertiPure"] = [],
        ["CertiPure.Imaging"] = ["CertiPure"],
        ["CertiPure.Onnx.Graph"] = ["CertiPure"],
        ["CertiPure.Onnx"] = ["CertiPure", "CertiPure.Onnx.Graph"],
        ["CertiPure.Torch"] = ["CertiPure", "CertiPure.Onnx.Graph"],
        ["CertiPure.Recipes"] = ["CertiPure", "CertiPure.Imaging", "CertiPure.Onnx", "CertiPure.Onnx.Graph", "CertiPure.Torch"],
        ["CertiPure.Cli"] = Libraries,
        ["CertiPure.Server"] = Libraries,
    };

    public static TheoryData<string> Names => [.. MaySee.Keys];

    /// <summary>What has a public API of its own; that of the graphs is generated from ONNX's.</summary>
    public static TheoryData<string> Published => [.. Libraries.Except(["CertiPure.Onnx.Graph"]), "CertiPure.Server"];

    public static Assembly Load(string name) => Assembly.Load(name);
}
