namespace CertiPure.Torch.Networks.Layers;

/// <summary>What a layer does to the resolution.</summary>
public enum Resampling
{
    /// <summary>Keeps it.</summary>
    None,

    /// <summary>Doubles it.</summary>
    Up,

    /// <summary>Halves it.</summary>
    Down,
}
