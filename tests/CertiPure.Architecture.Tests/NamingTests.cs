using System.Runtime.CompilerServices;

namespace CertiPure.Architecture.Tests;

public sealed class NamingTests
{
    private static readonly string[] Vague = ["Util", "Helper", "Manager", "Common", "Misc"];

    [Theory]
    [MemberData(nameof(ProductAssemblies.Names), MemberType = typeof(ProductAssemblies))]
    public void No_type_is_named_by_a_word_that_says_nothing(string assembly) =>
        Assert.Empty(OwnTypes(assembly)
            .Where(type => Vague.Any(word => type.Name.Contains(word, StringComparison.Ordinal)))
            .Select(type => type.FullName));

    [Theory]
    [MemberData(nameof(ProductAssemblies.Names), MemberType = typeof(ProductAssemblies))]
    public void Every_type_lives_in_a_namespace_of_its_assembly(string assembly) =>
        Assert.Empty(OwnTypes(assembly)
            .Where(type => type.Namespace is not null)
            .Where(type => type.Namespace != assembly && !type.Namespace!.StartsWith(assembly + ".", StringComparison.Ordinal))
            .Select(type => type.FullName));

    [Theory]
    [MemberData(nameof(ProductAssemblies.Names), MemberType = typeof(ProductAssemblies))]
    public void A_class_is_sealed_unless_it_is_made_to_be_derived_from(string assembly)
    {
        Type[] types = [.. OwnTypes(assembly)];
        Assert.Empty(types
            .Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && type.Name != "Program")
            .Where(type => !types.Any(other => IsDerived(other, type)))
            .Select(type => type.FullName));
    }

    private static bool IsDerived(Type type, Type ancestor) =>
        type.BaseType is { } parent
        && ((parent.IsGenericType ? parent.GetGenericTypeDefinition() : parent) == ancestor || IsDerived(parent, ancestor));

    private static IEnumerable<Type> OwnTypes(string assembly) => ProductAssemblies.Load(assembly).GetTypes()
        .Where(type => !type.Name.StartsWith('<')
            && type.GetCustomAttributes(typeof(CompilerGeneratedAttribute), inherit: false).Length == 0
            && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true
            && type.Namespace?.StartsWith("Microsoft", StringComparison.Ordinal) != true);
}
