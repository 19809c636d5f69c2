using CertiPure.Torch.Checkpoints.Pickle;
using CertiPure.Torch.Networks;

namespace CertiPure.Torch.Checkpoints.PyTorch;

/// <summary>Reads PyTorch's files, zip and legacy, and plain pickles of networks as EDM publishes them.</summary>
internal static class TorchReader
{
    // Tied and repeated tensors make the tensors larger than the file; much larger is an attack.
    private const int MaxTensorBytesPerFileByte = 16;
    private const long MaxSmallTensorBytes = 64L << 20;

    /// <summary>The tensors of an open file whose format the caller has recognised.</summary>
    public static Checkpoint Read(CheckpointFile file, CheckpointFormat format, string? section)
    {
        var source = new FileSource(file, 0, file.Length);
        object? root = format switch
        {
            CheckpointFormat.PyTorchZip => TorchArchive.Load(source),
            CheckpointFormat.PyTorchLegacy => LegacyFile.Load(source),
            _ => LoadPlainPickle(source),
        };
        StateDictionary state = StateDictionary.Find(file.Path, root, section);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<CheckpointTensor>(state.Tensors.Count);
        long bytes = 0;
        string prefix = WrapperPrefix.Of([.. state.Tensors.Select(tensor => tensor.Key)]);
        foreach ((string name, TorchTensor view) in state.Tensors)
        {
            CheckpointTensor tensor = view.ToCheckpointTensor(file.Path, name[prefix.Length..]);
            if (!names.Add(tensor.Name))
            {
                throw Unreadable.Because(file.Path, $"it names '{tensor.Name}' twice");
            }

            bytes += tensor.ByteCount;
            if (bytes > MaxSmallTensorBytes && bytes / MaxTensorBytesPerFileByte > file.Length)
            {
                throw Unreadable.Because(file.Path, $"its tensors share storages so much that they would take more than {bytes} bytes of "
                    + $"a file of {file.Length}");
            }

            tensors.Add(tensor);
        }

        return new Checkpoint(file.Path, tensors, Metadata(state), [file]) 
        {
            Format = format,
            Section = state.Section,
            LeftOut = state.Others,
            RawWeights = state.Raw,
        };
    }

    private static object? LoadPlainPickle(ByteSource source)
    {
        var budget = new PickleBudget(source.Path);
        var names = new TorchNames(source.Path, budget, _ => throw Unreadable.Because(source.Path,
            "it is a plain pickle that refers to something outside of it; it is damaged"));
        return new Unpickler(source, 0, names, budget).Load();
    }

    private static Dictionary<string, string> Metadata(StateDictionary state)
    {
        var metadata = new Dictionary<string, string>();
        if (state.Module is { } module)
        {
            if (PickledModule.ClassName(module) is { } className)
            {
                metadata["class"] = className;
            }

            if (PickledModule.Arguments(module) is { } arguments)
            {
                metadata[Architecture.ArgumentsKey] = arguments;
            }
        }

        return metadata;
    }
}
