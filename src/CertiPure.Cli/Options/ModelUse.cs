namespace CertiPure.Cli.Options;

/// <summary>What a verb needs of a model, which decides the options it has.</summary>
internal enum ModelUse
{
    /// <summary>A whole base classifier.</summary>
    Certify,

    /// <summary>A purifier alone.</summary>
    Purifier,

    /// <summary>The base classifier of a run, whose manifest says how its networks computed.</summary>
    Replay,
}
