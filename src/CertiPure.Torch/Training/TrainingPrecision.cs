namespace CertiPure.Torch.Training;

/// <summary>What forward and backward passes compute in.</summary>
public enum TrainingPrecision
{
    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>bfloat16, with 32-bit master weights.</summary>
    Bf16,
}
