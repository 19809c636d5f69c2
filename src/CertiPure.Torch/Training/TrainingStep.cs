using CertiPure.Torch.Training.Data;

namespace CertiPure.Torch.Training;

/// <summary>Where a run is, for losses with a schedule, and the randomness of this step.</summary>
/// <param name="Step">The optimizer step, from 0.</param>
/// <param name="Steps">The run's length in optimizer steps.</param>
/// <param name="Random">The step's randomness.</param>
public sealed record TrainingStep(long Step, long Steps, TrainingRandom Random);
