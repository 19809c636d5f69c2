using CertiPure.Images;
using CertiPure.Torch.Networks.Denoising;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Purifiers;

/// <summary>
/// A network that counts its calls and gives a constant. With 0 under EDM's scalings it is the exact denoiser of data that is
/// normal with mean 0 and deviation 0.5, whose PF-ODE has a closed solution.
/// </summary>
internal sealed class CountingNetwork : DiffusionNetwork
{
    private readonly float _constant;

    public CountingNetwork(float constant = 0)
        : base(nameof(CountingNetwork))
    {
        _constant = constant;
        register_parameter("unused", new Parameter(zeros(1)));
    }

    public List<float> Levels { get; } = [];

    public override ImageShape Shape => SmallNetworks.Shape;

    public override Tensor Forward(Tensor images, Tensor noise, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        Levels.Add(noise.item<float>());
        return full_like(images, _constant);
    }
}
