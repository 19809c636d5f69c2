using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Features;

/// <summary>Inception's unit: convolution without bias, batch normalisation with epsilon .001, ReLU.</summary>
internal sealed class InceptionConvolution : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> conv;
    private readonly nn.Module<Tensor, Tensor> bn;

    public InceptionConvolution(int inputs, int outputs, int kernel, int stride = 1, int padding = 0)
        : this(inputs, outputs, (kernel, kernel), stride, (padding, padding))
    {
    }

    public InceptionConvolution(int inputs, int outputs, (long, long) kernel, int stride, (long, long) padding)
        : base(nameof(InceptionConvolution))
    {
        conv = nn.Conv2d(inputs, outputs, kernel, (stride, stride), padding, bias: false);
        bn = nn.BatchNorm2d(outputs, eps: 0.001);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor convolved = conv.call(input);
        using Tensor normalised = bn.call(convolved);
        return nn.functional.relu(normalised);
    }
}
