using CertiPure.Tests;
using PublicApiGenerator;

namespace CertiPure.Architecture.Tests;

/// <summary>The public API of each library and of the service, pinned as one readable file: a change of it is seen in review.</summary>
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
    [MemberData(nameof(ProductAssemblies.Published), MemberType = typeof(ProductAssemblies))]
    public void The_public_api_is_the_approved_one(string assembly) =>
        ApprovedText.Check(assembly, ProductAssemblies.Load(assembly).GeneratePublicApi(Options));
}
