namespace CertiPure.Torch.Backend;

/// <summary>What is known of libtorch on this machine.</summary>
/// <param name="Loaded">Whether libtorch and TorchSharp's library are loaded.</param>
/// <param name="Failure">Why not, or null.</param>
/// <param name="Files">The native files in the order in which they were loaded.</param>
/// <param name="Patched">Whether TorchSharp's library is the copy that runs on an older libstdc++.</param>
/// <param name="Version">The libtorch version that TorchSharp was built for.</param>
/// <param name="Threads">The number of threads of one operation, 0 if not loaded.</param>
/// <param name="Capability">The processor's widest vector instructions: <c>AVX512+AMX</c>, <c>AVX512+BF16</c>,
/// <c>AVX512</c>, <c>AVX2</c>, <c>NEON</c> or <c>baseline</c>. Certificates hold bit for bit only where this is the
/// same.</param>
/// <param name="Cuda">Whether an NVIDIA GPU can be used.</param>
public sealed record LibTorchDescription(
    bool Loaded,
    CertiPureException? Failure,
    IReadOnlyList<NativeFile> Files,
    bool Patched,
    string Version,
    int Threads,
    string Capability,
    bool Cuda);
