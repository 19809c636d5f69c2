using static TorchSharp.torch;

namespace CertiPure.Torch.Training.Losses;

/// <summary>Steps of the probability-flow ODE dy/dt = (y - D(y, t)) / t (Karras et al. 2022, equation 4).</summary>
internal static class ProbabilityFlow
{
    /// <summary>Heun's second-order step (Karras et al. 2022, algorithm 1, without noise).</summary>
    public static Tensor HeunStep(Denoise denoise, Tensor y, Tensor t, Tensor r)
    {
        Tensor from = t.view(-1, 1, 1, 1), to = r.view(-1, 1, 1, 1);
        Tensor slope = (y - denoise(y, t)) / from;
        Tensor reached = y + (slope * (to - from));
        Tensor slopeThere = (reached - denoise(reached, r)) / to;
        return y + ((slope + slopeThere) * (to - from) / 2);
    }

    /// <summary>Euler's step with the clean image in the denoiser's place.</summary>
    public static Tensor EulerStep(Tensor y, Tensor t, Tensor r, Tensor x)
    {
        Tensor from = t.view(-1, 1, 1, 1), to = r.view(-1, 1, 1, 1);
        return y + ((y - x) / from * (to - from));
    }
}
