namespace CertiPure.Torch.Tests.Networks;

/// <summary>Tests that change a setting of the whole process, and so run beside no others.</summary>
[CollectionDefinition(nameof(AloneTests), DisableParallelization = true)]
public sealed class AloneTests;
