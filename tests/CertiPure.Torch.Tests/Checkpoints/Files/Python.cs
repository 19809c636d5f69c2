namespace CertiPure.Torch.Tests.Checkpoints.Files;

/// <summary>Python values that <see cref="PickleWriter"/> writes, beside null, bool, long, double, string and byte[].</summary>
internal static class Python
{
    /// <summary>A name: a class or a function.</summary>
    public sealed record Global(string Module, string Name);

    /// <summary>A tuple.</summary>
    public sealed record Tuple(params object?[] Items);

    /// <summary>A list.</summary>
    public sealed record List(params object?[] Items);

    /// <summary>A dictionary.</summary>
    public sealed record Dictionary(params (object? Key, object? Value)[] Entries);

    /// <summary>A call of a function with arguments, then the state that the result is given.</summary>
    public sealed record Call(Global Function, params object?[] Arguments)
    {
        public object? State { get; init; }

        /// <summary>Whether it is written as the making of an object (NEWOBJ) and not as a call (REDUCE).</summary>
        public bool IsNew { get; init; }
    }

    /// <summary>A reference to something outside of the pickle.</summary>
    public sealed record Persistent(object? Id);

    /// <summary>Instructions as they are.</summary>
    public sealed record Raw(params byte[] Instructions);

    /// <summary>A reference to a storage, as PyTorch writes it.</summary>
    public static Persistent Storage(string key, string type, long elements, string location = "cpu") =>
        new(new Tuple("storage", new Global("torch", type), key, location, elements));

    /// <summary>A tensor, as PyTorch writes it.</summary>
    public static Call Tensor(object? storage, long offset, long[] shape, long[] strides) =>
        new(new Global("torch._utils", "_rebuild_tensor_v2"), storage, offset, Integers(shape), Integers(strides), false, OrderedDictionary());

    /// <summary>A contiguous tensor of floats that fills its storage.</summary>
    public static Call Floats(string key, params long[] shape)
    {
        var strides = new long[shape.Length];
        long elements = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = elements;
            elements *= shape[i];
        }

        return Tensor(Storage(key, "FloatStorage", elements), 0, shape, strides);
    }

    /// <summary>An empty OrderedDict.</summary>
    public static Call OrderedDictionary() => new(new Global("collections", "OrderedDict"));

    /// <summary>A tuple of integers.</summary>
    public static Tuple Integers(params long[] values) => new([.. values.Select(value => (object?)value)]);
}
