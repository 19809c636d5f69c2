using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints.Recognition;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Checkpoints;

/// <summary>Fills a TorchSharp module with a checkpoint's tensors, by name, and refuses what does not fit.</summary>
public static partial class CheckpointLoader
{
    /// <summary>
    /// Copies every tensor of the checkpoint into the module's parameter or buffer of the same name, converting the element type
    /// to the module's. Nothing is copied unless all fits. Only one tensor at a time takes extra memory, and only where it is converted.
    /// </summary>
    /// <param name="module">The network; its device and element types stay.</param>
    /// <param name="checkpoint">The tensors.</param>
    /// <param name="optional">Names for which either side may lack the tensor, such as buffers that the constructor computes or
    /// <c>num_batches_tracked</c>; null for none.</param>
    /// <exception cref="CertiPureException">A tensor is missing, unexpected or of another shape; the message names the first of each
    /// and says what architecture the checkpoint looks like.</exception>
    public static void Load(nn.Module module, Checkpoint checkpoint, Func<string, bool>? optional = null)
    {
        Dictionary<string, Tensor> targets = module.state_dict();
        Check(module, checkpoint, targets, optional ?? (_ => false));
        var pairs = checkpoint.Tensors.Where(source => targets.ContainsKey(source.Name) && source.ByteCount > 0)
            .Select(source => (Source: source, Target: targets[source.Name]))
            .ToLookup(pair => IsSameLayout(pair.Source, pair.Target));
        ReadInPlace([.. pairs[true]]);
        using (no_grad())
        {
            foreach ((CheckpointTensor source, Tensor target) in pairs[false])
            {
                using Tensor read = ToTensor(source);
                target.copy_(read);
            }
        }
    }

    /// <summary>A new tensor on the CPU with the checkpoint tensor's elements and element type.</summary>
    /// <exception cref="CertiPureException">libtorch has no such element type, or the file could not be read.</exception>
    public static Tensor ToTensor(CheckpointTensor source)
    {
        Tensor tensor = empty([.. source.Shape], ToScalarType(source), device: CPU);
        if (source.ByteCount > 0)
        {
            source.Read(tensor.bytes);
        }

        return tensor;
    }

    private static bool IsSameLayout(CheckpointTensor source, Tensor target) =>
        target.device_type == DeviceType.CPU && target.is_contiguous() && target.dtype == ToScalarType(source);

    // Straight from the file into the tensors' memory, a few at a time: touching fresh memory costs as much as reading the file.
    private static void ReadInPlace((CheckpointTensor Source, Tensor Target)[] pairs)
    {
        try
        {
            Parallel.ForEach(
                pairs,
                new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, 4) },
                pair => pair.Source.Read(pair.Target.bytes));
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    private static ScalarType ToScalarType(CheckpointTensor source) => source.ElementType switch
    {
        ElementType.Boolean => ScalarType.Bool,
        ElementType.UInt8 => ScalarType.Byte,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Float32 => ScalarType.Float32,
        ElementType.Float64 => ScalarType.Float64,
        _ => throw new CertiPureException(
            $"The tensor '{source.Name}' has elements of type {source.ElementType}, which libtorch lacks; convert it to a signed type."),
    };

    private static void Check(
        nn.Module module, Checkpoint checkpoint, Dictionary<string, Tensor> targets, Func<string, bool> optional)
    {
        string[] missing =
            [.. targets.Keys.Where(name => !checkpoint.TryGet(name, out _) && !optional(name))];
        string[] unexpected =
            [.. checkpoint.Tensors.Select(tensor => tensor.Name).Where(name => !targets.ContainsKey(name) && !optional(name))];
        CheckpointTensor[] misshaped =
        [
            .. checkpoint.Tensors.Where(tensor => targets.TryGetValue(tensor.Name, out Tensor? target)
                && !target.shape.AsSpan().SequenceEqual([.. tensor.Shape])),
        ];
        if (missing.Length + unexpected.Length + misshaped.Length == 0)
        {
            return;
        }

        var complaints = new List<string>();
        if (missing.Length > 0)
        {
            complaints.Add($"{Count(missing.Length, "tensor")} missing, first '{missing[0]}'");
        }

        if (unexpected.Length > 0)
        {
            complaints.Add($"{Count(unexpected.Length, "tensor")} unexpected, first '{unexpected[0]}'");
        }

        if (misshaped.Length > 0)
        {
            CheckpointTensor first = misshaped[0];
            complaints.Add($"{Count(misshaped.Length, "tensor")} of another shape, first '{first.Name}' with "
                + $"{TensorShape.Write(first.Shape)} instead of {TensorShape.Write(targets[first.Name].shape)}");
        }

        RecognisedNetwork? recognised = CheckpointArchitecture.Recognise(checkpoint);
        string advice = Shard().IsMatch(Path.GetFileName(checkpoint.Path ?? "")) ? "it is one of several files of a sharded checkpoint, so name their folder"
            : recognised is null ? "choose the architecture that it was trained with"
            : recognised.Architecture == module.GetName() ? "its names are this network's, so arguments or tensors differ from those that it was trained with"
            : $"it looks like {recognised.Description}, so choose that architecture";
        throw new CertiPureException(
            $"The checkpoint '{checkpoint.Path ?? "in memory"}' does not fit {module.GetName()} ({string.Join("; ", complaints)}); "
            + $"{advice}.");
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    [GeneratedRegex(@"-\d{5}-of-\d{5}\.")]
    private static partial Regex Shard();
}
