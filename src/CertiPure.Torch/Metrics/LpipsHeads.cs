using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>
/// The linear heads of LPIPS: one weight per channel of each perceptual feature, learnt from human judgements. Parameter
/// names are those of the published v0.1 files, <c>lin0.model.1.weight</c> and so on, each <c>[1,channels,1,1]</c>.
/// </summary>
public sealed class LpipsHeads : nn.Module
{
    private readonly List<nn.Module<Tensor, Tensor>> _heads = [];

    /// <summary>Makes the heads, to be loaded.</summary>
    /// <param name="channels">The channels of each perceptual feature.</param>
    public LpipsHeads(IReadOnlyList<int> channels)
        : base(nameof(LpipsHeads))
    {
        ArgumentNullException.ThrowIfNull(channels);
        foreach (int count in channels)
        {
            nn.Module<Tensor, Tensor> linear = nn.Conv2d(count, 1, 1, bias: false);
            register_module("lin" + _heads.Count.ToString(CultureInfo.InvariantCulture), new Head(linear));
            _heads.Add(linear);
        }
    }

    /// <summary>The number of heads.</summary>
    public int Count => _heads.Count;

    /// <summary>Weighs the channels of one feature's squared differences.</summary>
    /// <param name="feature">Which feature, from 0.</param>
    /// <param name="squaredDifference"><c>[N,channels,h,w]</c>.</param>
    /// <returns><c>[N,1,h,w]</c>.</returns>
    public Tensor Weigh(int feature, Tensor squaredDifference) => _heads[feature].call(squaredDifference);

    /// <summary>Exists for the name alone: the published files hold <c>model.1</c>, after a dropout at <c>model.0</c>.</summary>
    private sealed class Head : nn.Module
    {
        public Head(nn.Module<Tensor, Tensor> linear)
            : base(nameof(Head))
        {
            register_module("model", nn.Sequential(("1", linear)));
        }
    }
}
