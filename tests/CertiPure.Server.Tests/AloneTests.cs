namespace CertiPure.Server.Tests;

/// <summary>Tests that measure the whole process (its memory, its pace), and so run beside no others.</summary>
[CollectionDefinition(nameof(AloneTests), DisableParallelization = true)]
public sealed class AloneTests;
