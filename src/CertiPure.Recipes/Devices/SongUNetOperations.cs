using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Torch.Networks.UNets;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Devices;

/// <summary>
/// Counts the floating-point operations of one image: two per weight and output pixel of each convolution, whose resolution
/// its name tells, and 4 T^2 C for attention over T pixels of C channels. Everything else is below a percent and not counted.
/// </summary>
public static partial class SongUNetOperations
{
    /// <summary>The operations of one image in one forward pass.</summary>
    public static double PerImage(SongUNet network)
    {
        double operations = 0;
        foreach ((string name, Tensor tensor) in network.state_dict())
        {
            Match resolution = Resolution().Match(name);
            if (tensor.dim() != 4 || !resolution.Success)
            {
                continue;
            }

            double side = int.Parse(resolution.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            double pixels = side * side;
            operations += 2.0 * tensor.numel() * pixels;
            if (name.Contains("qkv", StringComparison.Ordinal))
            {
                operations += 4 * pixels * pixels * tensor.shape[1];
            }
        }

        return operations;
    }

    [GeneratedRegex(@"\.(\d+)x\1_")]
    private static partial Regex Resolution();
}
