namespace CertiPure.Torch.Checkpoints.Pickle;

/// <summary>The names that a pickle may use, and what its references to objects outside of it mean.</summary>
internal interface IPickleNames
{
    /// <summary>The allowed name, or null if it is not on the list.</summary>
    PickleGlobal? Find(string module, string name);

    /// <summary>The object outside of the pickle, such as a storage.</summary>
    object? Persistent(object? id);
}
