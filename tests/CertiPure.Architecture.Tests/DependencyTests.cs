namespace CertiPure.Architecture.Tests;

public sealed class DependencyTests
{
    [Theory]
    [MemberData(nameof(ProductAssemblies.Names), MemberType = typeof(ProductAssemblies))]
    public void An_assembly_sees_only_those_it_may_see(string name)
    {
        string[] seen =
        [
            .. ProductAssemblies.Load(name).GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(reference => reference.StartsWith("CertiPure", StringComparison.Ordinal)),
        ];
        Assert.Empty(seen.Except(ProductAssemblies.MaySee[name]));
    }

    [Fact]
    public void The_mathematics_needs_no_native_library()
    {
        string[] others =
        [
            .. ProductAssemblies.Load("CertiPure").GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(reference => !reference.StartsWith("System.", StringComparison.Ordinal)),
        ];
        Assert.Empty(others);
    }

    [Theory]
    [InlineData("TorchSharp", "CertiPure.Torch", "CertiPure.Recipes")]
    [InlineData("Microsoft.ML.OnnxRuntime", "CertiPure.Onnx")]
    [InlineData("SkiaSharp", "CertiPure.Imaging")]
    [InlineData("ScottPlot", "CertiPure.Imaging")]
    [InlineData("System.CommandLine", "CertiPure.Cli", "CertiPure.Server")]
    public void A_foreign_library_stays_behind_the_assembly_that_wraps_it(string foreign, params string[] allowed)
    {
        string[] users =
        [
            .. ProductAssemblies.MaySee.Keys.Where(name => ProductAssemblies.Load(name).GetReferencedAssemblies()
                .Any(reference => reference.Name == foreign)),
        ];
        Assert.Empty(users.Except(allowed));
    }
}
