using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Layers;

/// <summary>A group of layers under names of its owner's choice, such as <c>enc.32x32_block0</c>.</summary>
public sealed class NamedLayers : nn.Module
{
    /// <summary>An empty group.</summary>
    public NamedLayers()
        : base(nameof(NamedLayers))
    {
    }

    /// <summary>Adds a layer and returns it.</summary>
    public TModule Add<TModule>(string name, TModule layer)
        where TModule : nn.Module
    {
        register_module(name, layer);
        return layer;
    }
}
