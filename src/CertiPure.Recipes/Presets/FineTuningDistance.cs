namespace CertiPure.Recipes.Presets;

/// <summary>The distances of Consistency Fine-tuning.</summary>
public enum FineTuningDistance
{
    /// <summary>The learned perceptual distance.</summary>
    Lpips,

    /// <summary>Mean absolute difference.</summary>
    L1,

    /// <summary>Mean squared difference.</summary>
    L2,

    /// <summary>How differently a classifier sees the two (<see cref="ScoreDistance"/>).</summary>
    Features,
}
