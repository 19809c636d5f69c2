using System.Runtime.InteropServices;
using CertiPure.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Purifiers;

/// <summary>Batches of images as tensors and back.</summary>
internal static class PixelTensor
{
    /// <summary>Copies a batch to a device, <c>[N,C,H,W]</c> float32.</summary>
    public static Tensor Upload(ImageBatch images, Device device)
    {
        Tensor pixels = empty(
            [images.Count, images.Shape.Channels, images.Shape.Height, images.Shape.Width], ScalarType.Float32, CPU);
        MemoryMarshal.AsBytes(images.Pixels.Span).CopyTo(pixels.bytes);
        if (device.type != DeviceType.CUDA)
        {
            return pixels.to(device);
        }

        // From pinned memory the copy goes on while the next batch is prepared; libtorch keeps the memory until it is done.
        using Tensor pinned = pixels.pin_memory();
        pixels.Dispose();
        return pinned.to(device, non_blocking: true);
    }

    /// <summary>Copies a tensor's float32 elements.</summary>
    public static float[] Download(Tensor tensor)
    {
        Tensor values = tensor.to(ScalarType.Float32).cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(values.bytes).ToArray();
    }
}
