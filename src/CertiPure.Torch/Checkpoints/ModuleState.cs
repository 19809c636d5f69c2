using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Checkpoints;

/// <summary>A TorchSharp module's parameters and buffers as a checkpoint, ready to be written.</summary>
public static class ModuleState
{
    /// <summary>Copies the module's parameters and buffers, in the module's order and with its element types.</summary>
    /// <param name="module">The network, on any device.</param>
    /// <param name="metadata">Strings to keep beside the tensors: <c>architecture</c>, <c>arguments</c>, <c>preconditioning</c>.</param>
    public static Checkpoint Capture(nn.Module module, IReadOnlyDictionary<string, string>? metadata = null) =>
        new(module.state_dict().Select(pair => ToCheckpointTensor(pair.Key, pair.Value)), metadata);

    /// <summary>A copy of a tensor's elements under a name.</summary>
    /// <exception cref="NotSupportedException">A checkpoint has no such element type (complex, quantised).</exception>
    public static CheckpointTensor ToCheckpointTensor(string name, Tensor tensor)
    {
        using Tensor detached = tensor.detach();
        using Tensor onCpu = detached.cpu();
        using Tensor contiguous = onCpu.contiguous();
        byte[] bytes = contiguous.numel() == 0 ? [] : contiguous.bytes.ToArray();
        return CheckpointTensor.FromBytes(name, ToElementType(tensor.dtype), tensor.shape, bytes);
    }

    private static ElementType ToElementType(ScalarType type) => type switch
    {
        ScalarType.Bool => ElementType.Boolean,
        ScalarType.Byte => ElementType.UInt8,
        ScalarType.Int8 => ElementType.Int8,
        ScalarType.Int16 => ElementType.Int16,
        ScalarType.Int32 => ElementType.Int32,
        ScalarType.Int64 => ElementType.Int64,
        ScalarType.Float16 => ElementType.Float16,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.Float64 => ElementType.Float64,
        _ => throw new NotSupportedException($"A checkpoint cannot hold tensors of type {type}."),
    };
}
