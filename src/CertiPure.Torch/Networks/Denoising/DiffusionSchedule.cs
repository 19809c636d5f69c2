namespace CertiPure.Torch.Networks.Denoising;

/// <summary>
/// The noise schedule of a diffusion model in discrete steps: after step t an image is sqrt(abar_t) x + sqrt(1 - abar_t) noise, where
/// abar_t is the product of 1 - beta up to t. Steps count from 0. Whatever the schedule, this class alone decides which step a noise
/// level belongs to.
/// </summary>
public sealed class DiffusionSchedule
{
    private const double CosineOffset = 0.008;
    private const double MaximumBeta = 0.999;

    private readonly double[] _alphaBar;

    private DiffusionSchedule(int steps, Func<int, double> beta)
    {
        _alphaBar = new double[steps];
        double product = 1;
        for (int t = 0; t < steps; t++)
        {
            product *= 1 - beta(t);
            _alphaBar[t] = product;
        }
    }

    /// <summary>The number of steps, T.</summary>
    public int Steps => _alphaBar.Length;

    /// <summary>The cosine schedule (Nichol and Dhariwal 2021, equation 17); diffusers calls it <c>squaredcos_cap_v2</c>.</summary>
    /// <param name="steps">The number of steps, T; 4000 for the published CIFAR-10 model.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is not a single step.</exception>
    public static DiffusionSchedule Cosine(int steps = 4000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        return new(steps, t => Math.Min(1 - (CosineSignal((t + 1.0) / steps) / CosineSignal((double)t / steps)), MaximumBeta));
    }

    /// <summary>Betas on a line (Ho et al. 2020).</summary>
    /// <param name="steps">The number of steps, T, at least 2.</param>
    /// <param name="first">The first beta, between 0 and 1.</param>
    /// <param name="last">The last beta, between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static DiffusionSchedule Linear(int steps = 1000, double first = 1e-4, double last = 0.02)
    {
        Check(steps, first, last);
        return new(steps, Line(steps, first, last));
    }

    /// <summary>Betas whose square roots are on a line (Rombach et al. 2022).</summary>
    /// <param name="steps">The number of steps, T, at least 2.</param>
    /// <param name="first">The first beta, between 0 and 1.</param>
    /// <param name="last">The last beta, between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static DiffusionSchedule ScaledLinear(int steps, double first, double last)
    {
        Check(steps, first, last);
        Func<int, double> root = Line(steps, Math.Sqrt(first), Math.Sqrt(last));
        return new(steps, t => root(t) * root(t));
    }

    /// <summary>The share of the signal's variance that is left at a step.</summary>
    /// <param name="step">0 to T - 1.</param>
    public double AlphaBar(int step) => _alphaBar[step];

    /// <summary>The noise level at a step relative to the signal, sqrt(1 - abar_t) / sqrt(abar_t): the noise level
    /// of [-1,1] images.</summary>
    /// <param name="step">0 to T - 1.</param>
    public double NoiseLevel(int step) => Math.Sqrt((1 - _alphaBar[step]) / _alphaBar[step]);

    /// <summary>The first step whose noise is at least so strong (Carlini et al. 2023).</summary>
    /// <param name="level">The noise level in network space, 2 sigma.</param>
    /// <exception cref="CertiPureException">Even the last step's noise is weaker.</exception>
    public int FirstStepAtLeast(double level)
    {
        for (int step = 0; step < Steps; step++)
        {
            if (NoiseLevel(step) >= level)
            {
                return step;
            }
        }

        throw new CertiPureException(
            $"The noise level {level / 2} is above the schedule's last step, {NoiseLevel(Steps - 1) / 2:g4}: choose a smaller sigma.",
            ErrorReason.InvalidArgument);
    }

    private static void Check(int steps, double first, double last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        foreach (double beta in (ReadOnlySpan<double>)[first, last])
        {
            if (!(beta > 0 && beta < 1))
            {
                throw new ArgumentOutOfRangeException(nameof(first), beta, "Betas must be between 0 and 1.");
            }
        }
    }

    private static Func<int, double> Line(int steps, double first, double last) => t => first + (t * (last - first) / (steps - 1));

    private static double CosineSignal(double time)
    {
        double cosine = Math.Cos((time + CosineOffset) / (1 + CosineOffset) * Math.PI / 2);
        return cosine * cosine;
    }
}
