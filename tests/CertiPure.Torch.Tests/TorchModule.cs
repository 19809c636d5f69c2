using System.Runtime.CompilerServices;
using CertiPure.Torch.Backend;

namespace CertiPure.Torch.Tests;

internal static class TorchModule
{
    // Before any test touches TorchSharp.
    [ModuleInitializer]
    internal static void Load() => LibTorch.Load();
}
