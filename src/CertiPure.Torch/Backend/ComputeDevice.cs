using System.Globalization;
using TorchSharp;

namespace CertiPure.Torch.Backend;

/// <summary>Devices by the names of the command line: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</summary>
public static class ComputeDevice
{
    /// <summary>Finds a device.</summary>
    /// <exception cref="CertiPureException">The name is no device's, or the machine has no such device.</exception>
    public static torch.Device Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        LibTorch.Load();
        if (name == "cpu")
        {
            return torch.CPU;
        }

        int index = 0;
        if (name != "cuda"
            && !(name.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index)))
        {
            throw new CertiPureException($"There is no device '{name}': give cpu, cuda or cuda:N.", ErrorReason.InvalidArgument);
        }

        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return index < count
            ? torch.device(DeviceType.CUDA, index)
            : throw new CertiPureException(
                $"The device '{name}' does not exist here ({count} GPUs are usable): set {NativePackages.LibTorchVariable} to a "
                + "libtorch with CUDA, or use cpu.");
    }
}
