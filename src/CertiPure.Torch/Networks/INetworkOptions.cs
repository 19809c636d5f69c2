namespace CertiPure.Torch.Networks;

/// <summary>The arguments of a network, which tell how large it will be before it is built.</summary>
internal interface INetworkOptions
{
    /// <summary>A number of weights that the network does not fall short of, and exceeds by a small factor at most; computed without
    /// overflow whatever the arguments.</summary>
    double LeastWeights { get; }
}
