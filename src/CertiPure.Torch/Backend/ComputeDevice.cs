using System.Globalization;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace CertiPure.Torch.Backend;

/// <summary>Where networks compute: the processor, or an NVIDIA GPU.</summary>
/// <param name="Gpu">The GPU's number, from 0; null for the processor.</param>
public sealed record ComputeDevice(int? Gpu)
{
    /// <summary>The processor.</summary>
    public static ComputeDevice Processor { get; } = new((int?)null);

    /// <summary>Whether bf16 pays here. On a processor oneDNN has bf16 convolutions for AVX-512 alone, and without it they take many times
    /// as long as in fp32.</summary>
    public bool HasFastBf16 => Gpu is not null || (Avx512BW.IsSupported && !OneDnn.IsAvoided);

    /// <summary>Reads a device.</summary>
    /// <param name="text"><c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:1</c>.</param>
    /// <exception cref="CertiPureException">The text is none of these.</exception>
    public static ComputeDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text switch
        {
            "cpu" => Processor,
            "cuda" => new ComputeDevice(0),
            _ when text.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index) => new ComputeDevice(index),
            _ => throw new CertiPureException($"There is no device '{text}': write cpu, cuda or cuda:N.", ErrorReason.InvalidArgument),
        };
    }

    /// <summary>The device as libtorch knows it; libtorch is loaded for it.</summary>
    /// <exception cref="CertiPureException">This machine has no such device.</exception>
    public torch.Device Open()
    {
        LibTorch.Load();
        if (Gpu is not { } index)
        {
            return torch.CPU;
        }

        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return index < count
            ? torch.device(DeviceType.CUDA, index)
            : throw new CertiPureException(
                $"The device '{this}' does not exist here ({count} GPUs are usable): set {NativePackages.LibTorchVariable} to a "
                + "libtorch with CUDA, or use cpu.");
    }

    /// <summary>The device as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Gpu is { } index ? string.Create(CultureInfo.InvariantCulture, $"cuda:{index}") : "cpu";
}
