using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Losses;
using TorchSharp;

namespace CertiPure.Recipes.Presets;

/// <summary>A network ready to be trained.</summary>
/// <param name="Network">The network with its starting weights.</param>
/// <param name="Loss">The loss, which calls the network.</param>
/// <param name="Parts">What will be written of the network, the main part first.</param>
/// <param name="Companions">Frozen networks that the loss uses (a teacher, LPIPS), disposed with this.</param>
public sealed record PreparedTraining(
    torch.nn.Module Network,
    TrainingLoss Loss,
    IReadOnlyList<TrainedPart> Parts,
    params IReadOnlyList<torch.nn.Module> Companions) : IDisposable
{
    /// <summary>A network that is written as a whole.</summary>
    /// <param name="network">The network; its parameter names are those of the result.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="metadata">What the result will carry: <c>architecture</c>, <c>arguments</c>, <c>preconditioning</c>.</param>
    /// <param name="companions">Frozen networks.</param>
    public PreparedTraining(
        torch.nn.Module network,
        TrainingLoss loss,
        IReadOnlyDictionary<string, string> metadata,
        params IReadOnlyList<torch.nn.Module> companions)
        : this(network, loss, [new TrainedPart(metadata)], companions)
    {
    }

    /// <summary>The purifier in training, for a grid of its samples now and then; null where a classifier is trained.</summary>
    public Denoise? Purifier { get; init; }

    /// <summary>Moves the network and its companions.</summary>
    /// <param name="device">Where training computes from now on.</param>
    public void MoveTo(torch.Device device)
    {
        Network.to(device);
        foreach (torch.nn.Module companion in Companions)
        {
            companion.to(device);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        foreach (torch.nn.Module companion in Companions)
        {
            companion.Dispose();
        }
    }
}
