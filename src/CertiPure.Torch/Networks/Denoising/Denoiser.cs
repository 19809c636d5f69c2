using CertiPure.Onnx.Graph;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>
/// D(y,t) = c_skip y + c_out F(c_in y, c_noise): a network with its preconditioning. Its parameters are the network's under
/// <c>model.</c>, as in EDM's checkpoints. Several denoisers may share one network.
/// </summary>
public sealed class Denoiser : nn.Module
{
    /// <summary>Joins the two.</summary>
    public Denoiser(DiffusionNetwork network, Preconditioning preconditioning)
        : base(nameof(Denoiser))
    {
        Network = network;
        Preconditioning = preconditioning;
        register_module("model", network);
    }

    /// <summary>The raw network F.</summary>
    public DiffusionNetwork Network { get; }

    /// <summary>How F becomes D.</summary>
    public Preconditioning Preconditioning { get; }

    /// <summary>Estimates the clean images.</summary>
    /// <param name="noisy">y in network space, about [-1,1] plus noise, <c>[N,C,H,W]</c>, float32.</param>
    /// <param name="t">Noise levels in network space, <c>[N]</c>; <c>[1]</c> where all images have one level, which is
    /// faster.</param>
    /// <param name="classLabels">One-hot classes, <c>[N,K]</c>, or null.</param>
    /// <param name="augmentLabels">Augmentation labels, <c>[N,A]</c>, or null.</param>
    /// <returns>D in network space, <c>[N,C,H,W]</c>, float32.</returns>
    public Tensor Denoise(Tensor noisy, Tensor t, Tensor? classLabels = null, Tensor? augmentLabels = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Scalings scalings = Preconditioning.At(t);
        ScalarType type = Network.parameters().First().dtype;
        Tensor output = Network.Forward((scalings.Input * noisy).to(type), scalings.Noise, classLabels, augmentLabels);
        Tensor denoised = (scalings.Skip * noisy) + (scalings.Output * output.to(ScalarType.Float32));
        return denoised.MoveToOuterDisposeScope();
    }

    /// <summary>The denoiser with one and the same class for every image, over the same network.</summary>
    /// <param name="label">The class, 0 to <see cref="DiffusionNetwork.LabelCount"/> - 1.</param>
    /// <exception cref="CertiPureException">The network is not class-conditional, or has no such class.</exception>
    public Denoiser WithFixedLabel(int label)
    {
        if (Network.LabelCount == 0)
        {
            throw new CertiPureException(
                $"The network is not class-conditional, so it cannot be given the class {label}; leave the class out.", ErrorReason.InvalidArgument);
        }

        return label >= 0 && label < Network.LabelCount
            ? new Denoiser(new FixedLabelNetwork(Network, label), Preconditioning)
            : throw new CertiPureException(
                $"The network has the classes 0 to {Network.LabelCount - 1}, and no class {label}.", ErrorReason.InvalidArgument);
    }

    /// <summary>D as a piece of a graph, at one noise level.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="noisy">y in network space, <c>[N,C,H,W]</c>.</param>
    /// <param name="t">The noise level in network space.</param>
    /// <returns>D in network space, <c>[N,C,H,W]</c>.</returns>
    /// <exception cref="CertiPureException">The network cannot write itself as a graph.</exception>
    public GraphValue Write(GraphBuilder graph, GraphValue noisy, double t)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using DisposeScope scope = NewDisposeScope();
        IGraphNetwork network = Network as IGraphNetwork
            ?? throw new CertiPureException($"The network {Network.GetName()} cannot be written as an ONNX graph.");
        Scalings scalings = Preconditioning.At(tensor([(float)t], device: Network.parameters().First().device));
        GraphValue output = network.Write(graph, graph.Multiply(noisy, scalings.Input.item<float>()), scalings.Noise);
        return graph.Add(
            graph.Multiply(noisy, scalings.Skip.item<float>()), graph.Multiply(output, scalings.Output.item<float>()));
    }

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        // TorchSharp would register fields under their own names; here all is registered under the checkpoints' names.
    }
}
