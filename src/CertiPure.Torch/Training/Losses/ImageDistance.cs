using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>d(a, b) of every pair of images; each returns <c>[N]</c> for images <c>[N,C,H,W]</c> in network space.</summary>
public static class ImageDistance
{
    /// <summary>The mean absolute difference over pixels.</summary>
    public static Tensor L1(Tensor a, Tensor b) => (a - b).abs().mean([1, 2, 3]);

    /// <summary>The mean squared difference over pixels.</summary>
    public static Tensor L2(Tensor a, Tensor b) => (a - b).square().mean([1, 2, 3]);

    /// <summary>Pseudo-Huber, sqrt(||a - b||^2 + c^2) - c (Song and Dhariwal 2024, equation 7).</summary>
    /// <param name="a">Images.</param>
    /// <param name="b">Images.</param>
    /// <param name="c">At least 0; 0 gives the Euclidean distance ||a - b||.</param>
    public static Tensor PseudoHuber(Tensor a, Tensor b, double c)
    {
        Tensor squared = (a - b).square().sum([1, 2, 3]);
        return c > 0 ? (squared + (c * c)).sqrt() - c : SquareRoot(squared);
    }

    /// <summary>The square root, with gradient 0 at 0, where the true one is infinite: equal images want no change.</summary>
    private static Tensor SquareRoot(Tensor squared)
    {
        Tensor positive = squared > 0;
        return where(positive, where(positive, squared, ones_like(squared)).sqrt(), zeros_like(squared));
    }
}
