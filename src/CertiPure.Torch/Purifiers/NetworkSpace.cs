using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>
/// Pixel space, where images lie in [0,1] and sigma and radii are measured, against network space, where they lie in [-1,1]:
/// y = 2 x - 1, so noise of deviation sigma has the level t = 2 sigma there.
/// </summary>
public static class NetworkSpace
{
    /// <summary>y = 2 x - 1.</summary>
    public static Tensor FromPixels(Tensor pixels) => (pixels * 2).sub_(1);

    /// <summary>y = 2 x - 1, as a piece of a graph.</summary>
    public static GraphValue FromPixels(GraphBuilder graph, GraphValue pixels)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Subtract(graph.Multiply(pixels, 2), graph.Constant(1));
    }

    /// <summary>x = (y + 1) / 2.</summary>
    public static Tensor ToPixels(Tensor network) => (network + 1).mul_(0.5);

    /// <summary>x = (y + 1) / 2, as a piece of a graph.</summary>
    public static GraphValue ToPixels(GraphBuilder graph, GraphValue network)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Multiply(graph.Add(network, graph.Constant(1)), 0.5);
    }

    /// <summary>The level t that the network is told.</summary>
    /// <param name="sigma">The noise's standard deviation in pixel space, above 0.</param>
    /// <param name="rule">How to choose it.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma is not a finite number above 0.</exception>
    public static double Level(double sigma, NoiseLevelRule rule)
    {
        if (!(sigma > 0) || !double.IsFinite(sigma))
        {
            throw new ArgumentOutOfRangeException(nameof(sigma), sigma, "Sigma must be a finite number above 0.");
        }

        KarrasSchedule schedule = KarrasSchedule.Cifar10;
        return rule == NoiseLevelRule.Exact ? 2 * sigma : schedule.Levels[schedule.NearestIndex(2 * sigma)];
    }

    /// <summary>Refuses a noise level that is not near to the true one, or not within what diffusion models are trained for (t from
    /// 0.002 to 80, Karras et al. 2022). A certificate holds at any level, but with a wrong one its radius is close to 0.</summary>
    /// <param name="sigma">The noise level in pixel space.</param>
    /// <param name="told">The level t in network space that the network is told; 2 sigma would be exact.</param>
    /// <exception cref="CertiPureException">It lies out of range, or more than half of 2 sigma off.</exception>
    public static void CheckLevel(double sigma, double told)
    {
        double exact = 2 * sigma;
        if (exact is < KarrasSchedule.Least or > KarrasSchedule.Largest)
        {
            throw new CertiPureException(
                $"Sigma {sigma} is noise of level t = {exact} to the purifier's network, which knows levels from 0.002 to 80; take "
                + "another sigma.",
                ErrorReason.Refused);
        }

        if (Math.Abs(told - exact) > 0.5 * exact)
        {
            throw new CertiPureException(
                $"The purifier's network would be given the noise level t = {told} where sigma {sigma} means {exact}; take the exact level.",
                ErrorReason.LevelNotExact);
        }
    }
}

/// <summary>The noise level that a network is told (<c>--level</c>).</summary>
public enum NoiseLevelRule
{
    /// <summary>t = 2 sigma.</summary>
    Exact,

    /// <summary>The one of 18 Karras levels that is nearest to 2 sigma, as in the published code of Consistency
    /// Purification.</summary>
    Nearest,
}
