namespace CertiPure.Cli;

/// <summary>What each kind of error means on the command line: the exit code, and the option or command that helps.</summary>
internal static class Remedies
{
    private static readonly Dictionary<ErrorReason, (ExitCode Code, string? Advice)> Table = new()
    {
        [ErrorReason.Failed] = (ExitCode.Failed, null),
        [ErrorReason.InvalidArgument] = (ExitCode.Usage, null),
        [ErrorReason.Refused] = (ExitCode.Refused, null),
        [ErrorReason.OutputExists] = (ExitCode.Refused, "--overwrite replaces what is there"),
        [ErrorReason.DataFolderMissing] = (ExitCode.Usage, "check --data-dir"),
        [ErrorReason.DataMissing] = (ExitCode.Failed, "--data-dir names the data folder"),
        [ErrorReason.DownloadMissing] = (ExitCode.Failed, "certipure data get downloads it, and --data-dir names the data folder"),
        [ErrorReason.SizesDiffer] = (ExitCode.Usage, "--resize 64 scales the shorter side and cuts out the middle square (--crop)"),
        [ErrorReason.ClassNamesMissing] = (ExitCode.Refused, "--classes FILE gives the classifier's, one per line in the order of its scores"),
        [ErrorReason.ClassifierSize] = (ExitCode.Refused, "or let --classifier-size resize the purified images for it"),
        [ErrorReason.OutputUnclear] = (ExitCode.Refused, "name it with --output"),
        [ErrorReason.ArchitectureUnknown] = (ExitCode.Usage, "give them as --arch NAME:JSON"),
        [ErrorReason.NormalizationUnknown] =
            (ExitCode.Usage, "give it with --mean and --std, or write it into the file with certipure convert --metadata mean=... std=..."),
        [ErrorReason.ConversionArchitectureUnknown] = (ExitCode.Usage, "give it with --arch NAME"),
        [ErrorReason.ConversionArgumentsUnknown] = (ExitCode.Usage, "give them with --args JSON"),
        [ErrorReason.PreconditioningUnknown] = (ExitCode.Usage, "give it with --preconditioning NAME"),
        [ErrorReason.MetadataMissing] = (ExitCode.Failed, "certipure convert adds it"),
        [ErrorReason.FeatureWeightsMissing] = (ExitCode.Failed, "name them with --weights, or fetch them with certipure data get"),
        [ErrorReason.LpipsWeightsMissing] = (
            ExitCode.Failed, "name them with --lpips-backbone and --lpips-heads, or fetch them with certipure data get"),
        [ErrorReason.LossWeightsMissing] = (ExitCode.Usage, "give both files with --lpips-backbone and --lpips-heads"),
        [ErrorReason.LevelNotExact] = (ExitCode.Refused, "--level exact"),
        [ErrorReason.StartMissing] = (ExitCode.Usage, "give its weights with --from"),
        [ErrorReason.PurifierMissing] = (ExitCode.Usage, "give its weights with --purifier"),
        [ErrorReason.PurifierLabelMissing] = (ExitCode.Refused, "certify, predict and purify take it as --purifier-label"),
        [ErrorReason.ClassifierMissing] = (ExitCode.Usage, "give its weights with --classifier"),
        [ErrorReason.ClassifierOutputMissing] = (ExitCode.Usage, "give the classifier's with --classifier-out"),
        [ErrorReason.TrainingMissing] = (ExitCode.Refused, "leave out --resume to start it"),
        [ErrorReason.TrainingExists] = (ExitCode.Refused, "give --resume to go on with it, or --overwrite to start anew"),
        [ErrorReason.TrainingFailed] = (ExitCode.Failed, "--set changes a value of the preset"),
        [ErrorReason.PresetValue] = (ExitCode.Usage, "--set changes a value of the preset"),
        [ErrorReason.LibTorchMissing] = (ExitCode.Failed, "or let certipure doctor --fetch get it"),
        [ErrorReason.LibTorchUnloadable] = (ExitCode.Failed, "certipure doctor shows more"),
    };

    /// <summary>The exit code of an error.</summary>
    public static ExitCode CodeOf(CertiPureException error) => Table[error.Reason].Code;

    /// <summary>The error's sentence with its remedy.</summary>
    public static string Describe(CertiPureException error) =>
        Table[error.Reason].Advice is { } advice ? $"{error.Message.TrimEnd('.')}; {advice}." : error.Message;
}
