using PublicApiGenerator;

namespace CertiPure.Architecture.Tests;

/// <summary>The public API of each settled library, pinned as one readable file: a change of it is seen in review.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes =
        [
            "System.Runtime.CompilerServices.CompilerGeneratedAttribute",
            "System.Runtime.CompilerServices.AsyncStateMachineAttribute",
            "System.CodeDom.Compiler.GeneratedCodeAttribute",
        ],
    };

    [Theory]
    [MemberData(nameof(ProductAssemblies.SettledNames), MemberType = typeof(ProductAssemblies))]
    public void The_public_api_is_the_approved_one(string assembly)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Approved");
        string approved = Path.Combine(folder, assembly + ".approved.txt");
        string received = Path.Combine(folder, assembly + ".received.txt");
        string api = ProductAssemblies.Load(assembly).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        Directory.CreateDirectory(folder);
        File.WriteAllText(received, api);
        Assert.True(
            File.Exists(approved) && File.ReadAllText(approved).ReplaceLineEndings("\n") == api,
            $"The public API of {assembly} is not the approved one. If it should be, copy {received} to "
            + $"tests/CertiPure.Architecture.Tests/Approved/{assembly}.approved.txt.");
    }
}
