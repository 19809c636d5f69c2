namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>The stack of the pickle machine with its marks; popping what is not there is an error of the file.</summary>
internal sealed class PickleStack(PickleInput input)
{
    private readonly List<object?> values = [];
    private readonly List<int> marks = [];

    // Nothing below the last mark may be popped: real pickles never do.
    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    public void Push(object? value) => values.Add(value);

    public void Mark() => marks.Add(values.Count);

    public object? Peek() => values.Count > Floor ? values[^1] : throw Underflow();

    public object? Pop()
    {
        object? top = Peek();
        values.RemoveAt(values.Count - 1);
        return top;
    }

    /// <summary>Pops the last mark and everything above it, in the order of pushing.</summary>
    public object?[] PopToMark()
    {
        if (marks.Count == 0)
        {
            throw Underflow();
        }

        int mark = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        object?[] items = [.. values[mark..]];
        values.RemoveRange(mark, values.Count - mark);
        return items;
    }

    /// <summary>Pops values, in the order of pushing.</summary>
    public object?[] Pop(int count)
    {
        var items = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    /// <summary>Pops a value, or with nothing but a mark on top, the mark.</summary>
    public void PopValueOrMark()
    {
        if (marks.Count > 0 && marks[^1] == values.Count)
        {
            marks.RemoveAt(marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private CertiPureException Underflow() =>
        Unreadable.Because(input.Path, $"its pickle takes a value that was never put there before byte {input.Position}; it is damaged");
}
