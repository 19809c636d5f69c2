namespace CertiPure.Cli.Tests;

/// <summary>Tests that change what the whole process shares (the networks' threads), and so run beside no others.</summary>
[CollectionDefinition(nameof(AloneTests), DisableParallelization = true)]
public sealed class AloneTests;
