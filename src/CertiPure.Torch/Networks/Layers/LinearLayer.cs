using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>A fully connected layer: <c>[N,in]</c> to <c>[N,out]</c>.</summary>
public sealed class LinearLayer : nn.Module<Tensor, Tensor>, IFreshWeights
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly WeightDistribution _distribution;

    /// <summary>A layer with all weights zero.</summary>
    public LinearLayer(long inputs, long outputs, WeightDistribution distribution, bool hasBias = true)
        : base(nameof(LinearLayer))
    {
        _distribution = distribution;
        Inputs = inputs;
        _weight = new Parameter(zeros(outputs, inputs));
        register_parameter("weight", _weight);
        if (hasBias)
        {
            _bias = new Parameter(zeros(outputs));
            register_parameter("bias", _bias);
        }
    }

    /// <summary>The number of inputs.</summary>
    public long Inputs { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.linear(input, _weight, _bias);

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) =>
        _distribution.Draw(_weight, _bias, Inputs, _weight.shape[0], generator);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }
}
