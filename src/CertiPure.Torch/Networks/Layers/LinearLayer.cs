using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>A fully connected layer: <c>[N,in]</c> to <c>[N,out]</c>.</summary>
public sealed class LinearLayer : nn.Module<Tensor, Tensor>, IFreshWeights
{
    // TorchSharp finds these by their registered names when it converts or moves the layer.
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly WeightDistribution _distribution;

    /// <summary>A layer with all weights zero.</summary>
    public LinearLayer(long inputs, long outputs, WeightDistribution distribution, bool hasBias = true)
        : base(nameof(LinearLayer))
    {
        _distribution = distribution;
        Inputs = inputs;
        weight = new Parameter(zeros(outputs, inputs));
        register_parameter("weight", weight);
        if (hasBias)
        {
            bias = new Parameter(zeros(outputs));
            register_parameter("bias", bias);
        }
    }

    /// <summary>The number of inputs.</summary>
    public long Inputs { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) =>
        _distribution.Draw(weight, bias, Inputs, weight.shape[0], generator);

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }
}
