namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>What stands for a call of an allowed name: it builds a value from the arguments and runs nothing of the file's.</summary>
/// <param name="name">The name that the pickle calls.</param>
/// <param name="arguments">The arguments from the pickle.</param>
internal delegate object? PickleCall(PickleGlobal name, IReadOnlyList<object?> arguments);

/// <summary>A name that a pickle refers to and that the allow-list knows.</summary>
/// <param name="Module">The Python module.</param>
/// <param name="Name">The name within the module.</param>
/// <param name="Call">What stands for calling it; null if the name is only mentioned, as a type of storage is.</param>
internal sealed record PickleGlobal(string Module, string Name, PickleCall? Call)
{
    /// <summary>The full name, such as <c>torch._utils._rebuild_tensor_v2</c>.</summary>
    public override string ToString() => $"{Module}.{Name}";
}
