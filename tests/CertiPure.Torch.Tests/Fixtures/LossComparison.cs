using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>A loss per image and the gradient norm of its mean, beside the reference's.</summary>
internal static class LossComparison
{
    /// <summary>Compares <c>PREFIX_loss</c> and <c>PREFIX_grad_norm</c>.</summary>
    /// <param name="fixture">The fixture.</param>
    /// <param name="prefix">What the names begin with.</param>
    /// <param name="network">The trained network.</param>
    /// <param name="loss">Computes <c>[N]</c>.</param>
    public static FixtureComparison[] Of(Fixture fixture, string prefix, nn.Module network, Func<Tensor> loss)
    {
        // Fixtures are compared without gradients; a loss is about them.
        using var gradients = enable_grad();
        foreach (Tensor parameter in network.parameters())
        {
            parameter.grad?.zero_();
        }

        Tensor losses = loss();
        losses.mean().backward();
        Tensor norm = stack(network.parameters().Where(parameter => parameter.grad is not null).Select(parameter => parameter.grad!.norm()))
            .norm();
        return
        [
            FixtureComparison.Of(fixture, $"{prefix}_loss", losses.detach()),
            FixtureComparison.Of(fixture, $"{prefix}_grad_norm", norm.view(1)),
        ];
    }
}
