namespace CertiPure.Server;

/// <summary>An error that ends the service's start, as its command line shows it: the exit code, and the option or command that
/// helps. The codes are those of every verb of <c>certipure</c>.</summary>
internal static class StartFailure
{
    /// <summary>Something failed: a file, a device, a network.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration has a value that it cannot have.</summary>
    public const int Usage = 2;

    /// <summary>A check refused the start.</summary>
    public const int Refused = 3;

    /// <summary>The exit code of an error.</summary>
    public static int CodeOf(CertiPureException error) => error.Reason switch
    {
        ErrorReason.InvalidArgument or ErrorReason.DataFolderMissing or ErrorReason.ArchitectureUnknown
            or ErrorReason.NormalizationUnknown => Usage,
        ErrorReason.Refused or ErrorReason.LevelNotExact or ErrorReason.PurifierLabelMissing => Refused,
        _ => Failed,
    };

    /// <summary>The error's sentence with its remedy.</summary>
    public static string Describe(CertiPureException error)
    {
        string? advice = error.Reason switch
        {
            ErrorReason.DataFolderMissing => "check --data-dir",
            ErrorReason.DataMissing => "--data-dir names the data folder",
            ErrorReason.DownloadMissing => "certipure data get downloads it, and --data-dir names the data folder",
            ErrorReason.ArchitectureUnknown or ErrorReason.NormalizationUnknown or ErrorReason.MetadataMissing =>
                "certipure convert writes weights that say it",
            ErrorReason.LibTorchMissing => "certipure doctor --fetch gets it",
            ErrorReason.LibTorchUnloadable => "certipure doctor shows more",
            _ => null,
        };
        return advice is null ? error.Message : $"{error.Message.TrimEnd('.')}; {advice}.";
    }
}
