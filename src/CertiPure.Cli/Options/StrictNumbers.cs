using System.CommandLine;
using System.CommandLine.Parsing;

namespace CertiPure.Cli.Options;

/// <summary>Makes every option whose value is a number read it by <see cref="NumberText"/>: the parser's own conversion takes separators of
/// thousands, so that 0,5 would be 5.</summary>
internal static class StrictNumbers
{
    /// <summary>Sets the reading of numbers of a command and of all below it.</summary>
    /// <exception cref="NotSupportedException">An option's number is of a type without a strict reading.</exception>
    public static void ApplyTo(Command command)
    {
        foreach (Option option in command.Options)
        {
            Apply(option);
        }

        foreach (Command below in command.Subcommands)
        {
            ApplyTo(below);
        }
    }

    private static void Apply(Option option)
    {
        switch (option)
        {
            case Option<double> real:
                real.CustomParser = result => Real(result) ?? 0;
                break;
            case Option<double?> real:
                real.CustomParser = Real;
                break;
            case Option<int> whole:
                whole.CustomParser = result => (int)(Whole(result, int.MinValue, int.MaxValue) ?? 0);
                break;
            case Option<int?> whole:
                whole.CustomParser = result => (int?)Whole(result, int.MinValue, int.MaxValue);
                break;
            case Option<long> whole:
                whole.CustomParser = result => (long)(Whole(result, long.MinValue, long.MaxValue) ?? 0);
                break;
            case Option<long?> whole:
                whole.CustomParser = result => (long?)Whole(result, long.MinValue, long.MaxValue);
                break;
            case Option<ulong> whole:
                whole.CustomParser = result => (ulong)(Whole(result, ulong.MinValue, ulong.MaxValue) ?? 0);
                break;
            case Option<ulong?> whole:
                whole.CustomParser = result => (ulong?)Whole(result, ulong.MinValue, ulong.MaxValue);
                break;
            default:
                RefuseNumbers(option);
                break;
        }
    }

    private static void RefuseNumbers(Option option)
    {
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        type = type.GetElementType() ?? type;
        if (type != typeof(bool) && (type.IsPrimitive || type == typeof(decimal)))
        {
            throw new NotSupportedException($"The option {option.Name} has numbers of type {type}, which is not read strictly.");
        }
    }

    private static double? Real(ArgumentResult argument)
    {
        string? complaint = NumberText.ReadReal(TextOf(argument), out double value);
        return Judge(argument, complaint) ? value : null;
    }

    private static Int128? Whole(ArgumentResult argument, Int128 least, Int128 most)
    {
        string? complaint = NumberText.ReadWhole(TextOf(argument), least, most, out Int128 value);
        return Judge(argument, complaint) ? value : null;
    }

    private static bool Judge(ArgumentResult argument, string? complaint)
    {
        if (complaint is not null)
        {
            string name = argument.Parent is OptionResult option ? option.Option.Name : argument.Argument.Name;
            argument.AddError($"{name} '{TextOf(argument)}' {complaint}");
        }

        return complaint is null;
    }

    // An option given twice has its last value, and one without a value is an error that the parser finds itself.
    private static string TextOf(ArgumentResult argument) => argument.Tokens.Count > 0 ? argument.Tokens[^1].Value : "";
}
