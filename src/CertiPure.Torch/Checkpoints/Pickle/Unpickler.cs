using System.Globalization;
using System.Numerics;

namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>
/// Reads a Python pickle (protocols 0 to 5) without running anything: names are looked up in an allow-list, calls build inert
/// values, and instructions, text and memory are bounded by a <see cref="PickleBudget"/>. Nesting costs no recursion.
/// </summary>
internal sealed class Unpickler(ByteSource source, long start, IPickleNames names, PickleBudget budget)
{
    private const int MaxLongBytes = 255;
    private readonly PickleInput input = new(source, start, budget);
    private readonly Dictionary<long, object?> memo = [];
    private PickleStack stack = null!;

    /// <summary>Where the pickle ended: the byte behind it.</summary>
    public long Position => input.Position;

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="CertiPureException">The pickle is malformed, too expensive, or asks for a name that is not allowed.</exception>
    public object? Load()
    {
        stack = new PickleStack(input);
        while (true)
        {
            budget.TakeInstructions(1);
            byte instruction = input.ReadByte();
            if (instruction == '.')
            {
                return stack.Pop();
            }

            if (!Push(instruction) && !Collect(instruction) && !Remember(instruction) && !Build(instruction))
            {
                throw Malformed($"has the unknown or unsupported instruction 0x{instruction:x2}");
            }
        }
    }

    // Instructions that push one plain value.
    private bool Push(byte instruction)
    {
        switch (instruction)
        {
            case (byte)'N': stack.Push(null); break;
            case 0x88: stack.Push(true); break;
            case 0x89: stack.Push(false); break;
            case (byte)'J': stack.Push((long)input.ReadInt32()); break;
            case (byte)'K': stack.Push((long)input.ReadByte()); break;
            case (byte)'M': stack.Push((long)input.ReadUInt16()); break;
            case (byte)'I': stack.Push(ParseInteger(input.ReadLine())); break;
            case (byte)'L': stack.Push(ParseInteger(input.ReadLine().TrimEnd('L'))); break;
            case 0x8A: PushLong(input.ReadByte()); break;
            case 0x8B: PushLong(input.ReadUInt32()); break;
            case (byte)'F': stack.Push(ParseDouble(input.ReadLine())); break;
            case (byte)'G': stack.Push(input.ReadDoubleBigEndian()); break;
            case (byte)'S': stack.Push(Unquote(input.ReadLine())); break;
            case (byte)'T': stack.Push(input.ReadText(input.ReadUInt32(), latin1: true)); break;
            case (byte)'U': stack.Push(input.ReadText(input.ReadByte(), latin1: true)); break;
            case (byte)'V': stack.Push(input.ReadLine()); break;
            case (byte)'X': stack.Push(input.ReadText(input.ReadUInt32())); break;
            case 0x8C: stack.Push(input.ReadText(input.ReadByte())); break;
            case 0x8D: stack.Push(input.ReadText(input.ReadUInt64())); break;
            case (byte)'B': stack.Push(input.Slice(input.ReadUInt32())); break;
            case (byte)'C': stack.Push(input.Slice(input.ReadByte())); break;
            case 0x8E or 0x96: stack.Push(input.Slice(input.ReadUInt64())); break;
            default: return false;
        }

        return true;
    }

    // Instructions that make and fill containers.
    private bool Collect(byte instruction)
    {
        switch (instruction)
        {
            case (byte)'(': stack.Mark(); break;
            case (byte)'0': stack.PopValueOrMark(); break;
            case (byte)'1': stack.PopToMark(); break;
            case (byte)'2': stack.Push(stack.Peek()); break;
            case (byte)')': stack.Push(new PickleTuple([])); break;
            case (byte)'t': stack.Push(new PickleTuple(stack.PopToMark())); break;
            case 0x85: stack.Push(new PickleTuple(stack.Pop(1))); break;
            case 0x86: stack.Push(new PickleTuple(stack.Pop(2))); break;
            case 0x87: stack.Push(new PickleTuple(stack.Pop(3))); break;
            case (byte)']' or 0x8F: stack.Push(new PickleList()); break;
            case (byte)'l' or 0x91: stack.Push(Append(new PickleList(), stack.PopToMark())); break;
            case (byte)'a': AppendToTop(stack.Pop(1)); break;
            case (byte)'e' or 0x90: AppendToTop(stack.PopToMark()); break;
            case (byte)'}': stack.Push(new PickleDictionary()); break;
            case (byte)'d': stack.Push(SetItems(new PickleDictionary(), stack.PopToMark())); break;
            case (byte)'s': SetItemsOfTop(stack.Pop(2)); break;
            case (byte)'u': SetItemsOfTop(stack.PopToMark()); break;
            default: return false;
        }

        return true;
    }

    // The memo, and the instructions that only frame the rest.
    private bool Remember(byte instruction)
    {
        switch (instruction)
        {
            case (byte)'p': memo[ParseIndex(input.ReadLine())] = stack.Peek(); break;
            case (byte)'q': memo[input.ReadByte()] = stack.Peek(); break;
            case (byte)'r': memo[input.ReadUInt32()] = stack.Peek(); break;
            case 0x94: memo[memo.Count] = stack.Peek(); break;
            case (byte)'g': stack.Push(Recall(ParseIndex(input.ReadLine()))); break;
            case (byte)'h': stack.Push(Recall(input.ReadByte())); break;
            case (byte)'j': stack.Push(Recall(input.ReadUInt32())); break;
            case 0x95: input.ReadUInt64(); break;
            case 0x80:
                byte protocol = input.ReadByte();
                if (protocol > 5)
                {
                    throw Malformed($"is of protocol {protocol}, which is not known");
                }

                break;
            default: return false;
        }

        return true;
    }

    // Instructions that in Python would import and call; here they look up and build.
    private bool Build(byte instruction)
    {
        switch (instruction)
        {
            case (byte)'c': stack.Push(Find(input.ReadLine(), input.ReadLine())); break;
            case 0x93:
                object?[] pair = stack.Pop(2);
                stack.Push(pair is [string module, string name] ? Find(module, name) : throw Malformed("names something that is not text"));
                break;
            case (byte)'R' or 0x81:
                object?[] call = stack.Pop(2);
                stack.Push(Call(call[0], call[1]));
                break;
            case 0x92:
                object?[] extended = stack.Pop(3);
                stack.Push(Call(extended[0], extended[1]));
                break;
            case (byte)'i':
                PickleGlobal type = Find(input.ReadLine(), input.ReadLine());
                stack.Push(Call(type, new PickleTuple(stack.PopToMark())));
                break;
            case (byte)'o':
                object?[] items = stack.PopToMark();
                stack.Push(items.Length > 0 ? Call(items[0], new PickleTuple(items[1..])) : throw Malformed("builds an object of nothing"));
                break;
            case (byte)'b':
                object? state = stack.Pop();
                if (stack.Peek() is PickleObject target)
                {
                    target.State = state;
                }

                break;
            case (byte)'Q': stack.Push(names.Persistent(stack.Pop())); break;
            default: return false;
        }

        return true;
    }

    private PickleGlobal Find(string module, string name) => names.Find(module, name)
        ?? throw Unreadable.Because(input.Path, $"its pickle asks for '{module}.{name}', which reading tensors never needs, so it may be "
            + "an attack or a whole program object; load only a plain state dict from a source that you trust");

    private object? Call(object? function, object? arguments)
    {
        if (function is not PickleGlobal { Call: { } call } global || arguments is not PickleTuple tuple)
        {
            throw Malformed("calls something that cannot be called");
        }

        return call(global, tuple.Items);
    }

    private void AppendToTop(object?[] items)
    {
        switch (stack.Peek())
        {
            case PickleList list: Append(list, items); break;
            case PickleObject: break;
            default: throw Malformed("appends to something that is not a list");
        }
    }

    private void SetItemsOfTop(object?[] items)
    {
        switch (stack.Peek())
        {
            case PickleDictionary dictionary: SetItems(dictionary, items); break;
            case PickleObject: break;
            default: throw Malformed("sets items of something that is not a dictionary");
        }
    }

    private static PickleList Append(PickleList list, object?[] items)
    {
        list.Items.AddRange(items);
        return list;
    }

    private PickleDictionary SetItems(PickleDictionary dictionary, object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw Malformed("has a key without a value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary.Set(items[i], items[i + 1]);
        }

        return dictionary;
    }

    private object? Recall(long index) =>
        memo.TryGetValue(index, out object? value) ? value : throw Malformed($"recalls memo {index}, which was never stored");

    private long ParseIndex(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : throw Malformed("has a memo index that is not a number");

    private object ParseInteger(string text) => text switch
    {
        "00" => false,
        "01" => true,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) => value,
        _ when text.Length <= MaxLongBytes && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value) => value,
        _ => throw Malformed("has an integer that is not a number"),
    };

    private double ParseDouble(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Malformed("has a float that is not a number");

    private void PushLong(uint bytes)
    {
        if (bytes > MaxLongBytes)
        {
            throw Malformed($"has an integer of {bytes} bytes");
        }

        var value = new BigInteger(input.ReadBytes((int)bytes));
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            stack.Push((long)value);
        }
        else
        {
            stack.Push(value);
        }
    }

    // Protocol 0 writes Python 2's strings as their repr; names and keys of tensors hold no escapes.
    private string Unquote(string text) =>
        text.Length >= 2 && text[0] == text[^1] && text[0] is '\'' or '"' ? text[1..^1] : throw Malformed("has a string without quotes");

    private CertiPureException Malformed(string what) =>
        Unreadable.Because(input.Path, $"its pickle {what} before byte {input.Position}; it is damaged");
}
