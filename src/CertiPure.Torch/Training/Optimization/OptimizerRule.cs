namespace CertiPure.Torch.Training.Optimization;

/// <summary>A rule that turns gradients into steps.</summary>
public enum OptimizerRule
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Rectified Adam (Liu et al. 2020), which consistency models are trained with.</summary>
    RAdam,
}
