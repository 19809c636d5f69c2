using CertiPure.Results;
using CertiPure.Torch.Backend;

namespace CertiPure.Benchmarks;

/// <summary>What every table names.</summary>
internal static class Machine
{
    public static string Processor
    {
        get
        {
            LibTorchDescription torch = LibTorch.Describe();
            RunEnvironment environment = RunEnvironment.Detect("cpu", 1);
            return $"{environment.Processor}, {Environment.ProcessorCount} cores, {torch.Capability}";
        }
    }
}
