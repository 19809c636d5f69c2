namespace CertiPure.Torch.Training.Optimization;

/// <summary>How a learning rate falls from the end of the warm-up to the end of the run.</summary>
public enum LearningRateDecay
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>Linearly to 0.</summary>
    Linear,

    /// <summary>Along half a cosine to 0.</summary>
    Cosine,
}
