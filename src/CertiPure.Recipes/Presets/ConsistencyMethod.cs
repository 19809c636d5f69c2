namespace CertiPure.Recipes.Presets;

/// <summary>Ways to a consistency model.</summary>
public enum ConsistencyMethod
{
    /// <summary>Easy Consistency Tuning (Geng et al. 2024), from a diffusion denoiser.</summary>
    Ect,

    /// <summary>Consistency distillation of a diffusion denoiser (Song et al. 2023).</summary>
    Distillation,

    /// <summary>Consistency training without a teacher (Song et al. 2023).</summary>
    Training,

    /// <summary>Improved consistency training (Song and Dhariwal 2024).</summary>
    ImprovedTraining,
}
