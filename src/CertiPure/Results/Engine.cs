namespace CertiPure.Results;

/// <summary>A library that runs networks.</summary>
public enum Engine
{
    /// <summary>TorchSharp.</summary>
    Torch = 0,

    /// <summary>ONNX Runtime, over one graph of purifier and classifier.</summary>
    Onnx = 1,
}
