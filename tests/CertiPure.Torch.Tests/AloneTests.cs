namespace CertiPure.Torch.Tests;

/// <summary>Tests that change or measure what the whole process shares (threads, the dropout generator, the default device, memory),
/// and so run beside no others.</summary>
[CollectionDefinition(nameof(AloneTests), DisableParallelization = true)]
public sealed class AloneTests;
