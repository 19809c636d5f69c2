namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>An object of a class that is known by name only: the arguments and the state that the pickle gives it, inert.</summary>
internal sealed class PickleObject(PickleGlobal type, IReadOnlyList<object?> arguments)
{
    /// <summary>The class, or the function that makes the object.</summary>
    public PickleGlobal Type { get; } = type;

    /// <summary>The arguments of the constructor or function.</summary>
    public IReadOnlyList<object?> Arguments { get; } = arguments;

    /// <summary>The state that Python would give to <c>__setstate__</c> or put into <c>__dict__</c>.</summary>
    public object? State { get; set; }
}
