namespace CertiPure.Torch.Checkpoints;

/// <summary>The form of a checkpoint file, recognised by its content.</summary>
public enum CheckpointFormat
{
    /// <summary>Made in memory, not read.</summary>
    None,

    /// <summary>safetensors.</summary>
    SafeTensors,

    /// <summary>PyTorch since 1.6: a zip archive.</summary>
    PyTorchZip,

    /// <summary>PyTorch before 1.6: pickles, then storages.</summary>
    PyTorchLegacy,

    /// <summary>A plain pickle of whole networks, as EDM publishes.</summary>
    Pickle,

    /// <summary>Flax's msgpack.</summary>
    Flax,

    /// <summary>A Hugging Face folder: <c>config.json</c> and one or more weight files.</summary>
    HuggingFace,
}
