using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace CertiPure.Architecture.Tests;

/// <summary>The libraries serve programs of every kind, so none of their sentences speaks of a command line; and all are plain English.</summary>
public sealed partial class WordingTests
{
    /// <summary>What writes commands by nature: the report of a reproduction, and the call of another program.</summary>
    private static readonly string[] WriteCommands = ["ReproductionCommands", "PackageFetch"];

    private static readonly Dictionary<int, OpCode> Operations = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(operation => operation.Value & 0xFFFF);

    public static TheoryData<string> Libraries => [.. ProductAssemblies.Libraries];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void No_sentence_of_a_library_names_an_option_or_a_command(string library) =>
        Assert.Empty(Sentences(library, OptionOrCommand(), WriteCommands));

    [Theory]
    [MemberData(nameof(Libraries))]
    public void No_sentence_of_a_library_has_a_phrase_that_newcomers_read_twice(string library) =>
        Assert.Empty(Sentences(library, OddPhrase(), []));

    [Theory]
    [InlineData("it is no JSON object", true)]
    [InlineData("It is not a JSON object", false)]
    [InlineData("There is no such run", false)]
    [InlineData("it is no larger than T(x)", false)]
    [InlineData("whoever runs it can allow it", true)]
    [InlineData("a log that does not tell", true)]
    public void An_odd_phrase_is_found(string text, bool isOdd) => Assert.Equal(isOdd, OddPhrase().IsMatch(text));

    [Theory]
    [InlineData("give --overwrite to replace it", true)]
    [InlineData("--batch counts from 1", true)]
    [InlineData("run certipure doctor", true)]
    [InlineData("background: var(--paper)", false)]
    [InlineData(":root { --ink: #111; }", false)]
    [InlineData("certipure reads it", true)]
    [InlineData("CertiPure reads it", false)]
    public void An_option_is_told_from_a_style(string text, bool isOption) => Assert.Equal(isOption, OptionOrCommand().IsMatch(text));

    /// <summary>The sentences that a pattern finds, but for those of some types.</summary>
    private static IEnumerable<string> Sentences(string library, Regex pattern, string[] exempt) => Literals(library)
        .Where(literal => !exempt.Contains(literal.Type) && pattern.IsMatch(literal.Text))
        .Select(literal => $"{literal.Type}: {literal.Text}");

    /// <summary>The string literals of the methods, each with the outermost type that it is in.</summary>
    private static List<(string Type, string Text)> Literals(string library)
    {
        using var file = new PEReader(File.OpenRead(ProductAssemblies.Load(library).Location));
        MetadataReader metadata = file.GetMetadataReader();
        var literals = new List<(string Type, string Text)>();
        foreach (MethodDefinition method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition))
        {
            if (method.RelativeVirtualAddress != 0)
            {
                string type = Outermost(metadata, method.GetDeclaringType());
                literals.AddRange(LoadedStrings(file.GetMethodBody(method.RelativeVirtualAddress).GetILReader(), metadata)
                    .Select(text => (type, text)));
            }
        }

        return literals;
    }

    private static List<string> LoadedStrings(BlobReader code, MetadataReader metadata)
    {
        var strings = new List<string>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            OpCode operation = Operations[value == 0xFE ? 0xFE00 | code.ReadByte() : value];
            switch (operation.OperandType)
            {
                case OperandType.InlineString:
                    strings.Add(metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(code.ReadInt32())));
                    break;
                case OperandType.InlineSwitch:
                    int cases = code.ReadInt32();
                    code.Offset += sizeof(int) * cases;
                    break;
                default:
                    code.Offset += operation.OperandType switch
                    {
                        OperandType.InlineNone => 0,
                        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                        OperandType.InlineVar => 2,
                        OperandType.InlineI8 or OperandType.InlineR => 8,
                        _ => 4,
                    };
                    break;
            }
        }

        return strings;
    }

    private static string Outermost(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? Outermost(metadata, outer) : metadata.GetString(type.Name);
    }

    // A custom property of a style sheet looks like an option, and is followed by a colon or is within var(...).
    [GeneratedRegex(@"(?<!var\(|[\w-])--(?!series-)[a-z][a-z-]*(?![a-z-]*:)|\bcertipure [a-z]")]
    private static partial Regex OptionOrCommand();

    [GeneratedRegex(@"(?<!there )\b(is|are) no (?!longer\b|[a-z]+er than\b|more\b|less\b)|\bwhoever\b|\bnot tell\b", RegexOptions.IgnoreCase)]
    private static partial Regex OddPhrase();
}
