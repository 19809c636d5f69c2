namespace CertiPure.Torch.Networks.Denoising;

/// <summary>The cosine noise schedule of improved diffusion (Nichol and Dhariwal 2021, equation 17): after step t an image is
/// sqrt(abar_t) x + sqrt(1 - abar_t) noise.</summary>
public sealed class CosineSchedule
{
    private const double Offset = 0.008;
    private const double MaximumBeta = 0.999;

    private readonly double[] _alphaBar;

    /// <summary>Computes the schedule.</summary>
    /// <param name="steps">The number of steps, T; 4000 for the published CIFAR-10 model.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not a single step.</exception>
    public CosineSchedule(int steps = 4000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        _alphaBar = new double[steps];
        double product = 1;
        for (int t = 0; t < steps; t++)
        {
            double beta = Math.Min(1 - Signal((t + 1.0) / steps) / Signal((double)t / steps), MaximumBeta);
            product *= 1 - beta;
            _alphaBar[t] = product;
        }
    }

    /// <summary>The number of steps, T.</summary>
    public int Steps => _alphaBar.Length;

    /// <summary>The share of the signal's variance that is left at a step.</summary>
    /// <param name="step">0 to T - 1.</param>
    public double AlphaBar(int step) => _alphaBar[step];

    /// <summary>The noise level at a step relative to the signal, sqrt(1 - abar_t) / sqrt(abar_t): the noise level
    /// of [-1,1] images.</summary>
    /// <param name="step">0 to T - 1.</param>
    public double NoiseLevel(int step) => Math.Sqrt((1 - _alphaBar[step]) / _alphaBar[step]);

    /// <summary>The first step whose noise is at least so strong (Carlini et al. 2023). Looked for from step 1 on, as there.</summary>
    /// <param name="level">The noise level in network space, 2 sigma.</param>
    /// <exception cref="CertiPureException">Even the last step's noise is weaker.</exception>
    public int FirstStepAtLeast(double level)
    {
        for (int step = 1; step < Steps; step++)
        {
            if (NoiseLevel(step) >= level)
            {
                return step;
            }
        }

        throw new CertiPureException(
            $"The noise level {level / 2} is above the schedule's last step, {NoiseLevel(Steps - 1) / 2:g4}: choose a smaller sigma.",
            ExitCode.Usage);
    }

    private static double Signal(double time)
    {
        double cosine = Math.Cos((time + Offset) / (1 + Offset) * Math.PI / 2);
        return cosine * cosine;
    }
}
