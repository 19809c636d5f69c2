namespace CertiPure;

/// <summary>Why something failed, where a program may want to act on it: three general kinds, and those for which there is a usual
/// remedy.</summary>
public enum ErrorReason
{
    /// <summary>A file, a device or a network failed.</summary>
    Failed,

    /// <summary>A value is not one that it may be.</summary>
    InvalidArgument,

    /// <summary>A check refused to go on, because the result would not mean what it says.</summary>
    Refused,

    /// <summary>What would be written exists.</summary>
    OutputExists,

    /// <summary>The folder for data sets does not exist.</summary>
    DataFolderMissing,

    /// <summary>A data set, or a file of it, is not on this machine.</summary>
    DataMissing,

    /// <summary>A data set that can be downloaded is not on this machine.</summary>
    DownloadMissing,

    /// <summary>The pictures of a set have several sizes.</summary>
    SizesDiffer,

    /// <summary>A set has fewer classes than the classifier, whose classes' names are unknown.</summary>
    ClassNamesMissing,

    /// <summary>The classifier takes images of another size than the data's.</summary>
    ClassifierSize,

    /// <summary>Which output of a classifier gives its scores is not clear.</summary>
    OutputUnclear,

    /// <summary>The architecture of a classifier's weights is neither recorded nor recognised.</summary>
    ArchitectureUnknown,

    /// <summary>The normalisation that a classifier's weights expect is not recorded.</summary>
    NormalizationUnknown,

    /// <summary>The architecture of a checkpoint to convert is neither given nor recognised.</summary>
    ConversionArchitectureUnknown,

    /// <summary>The arguments of the architecture of a checkpoint to convert are neither given nor recognised.</summary>
    ConversionArgumentsUnknown,

    /// <summary>The preconditioning of a checkpoint to convert is neither given nor recognised.</summary>
    PreconditioningUnknown,

    /// <summary>Weights lack a description that conversion would add.</summary>
    MetadataMissing,

    /// <summary>The weights of a metric's feature network are neither given nor downloaded.</summary>
    FeatureWeightsMissing,

    /// <summary>The weights of LPIPS are neither given nor downloaded.</summary>
    LpipsWeightsMissing,

    /// <summary>The weights of LPIPS as a training's loss are not given.</summary>
    LossWeightsMissing,

    /// <summary>The noise level that the purifier's network is given is too far from the true one.</summary>
    LevelNotExact,

    /// <summary>A training's weights to start from are not given.</summary>
    StartMissing,

    /// <summary>A training's purifier is not given.</summary>
    PurifierMissing,

    /// <summary>A purifier's network is conditioned on a class, and the fixed one is not given.</summary>
    PurifierLabelMissing,

    /// <summary>A training's classifier is not given.</summary>
    ClassifierMissing,

    /// <summary>The file for the second result of a training is not given.</summary>
    ClassifierOutputMissing,

    /// <summary>There is no stopped training to resume.</summary>
    TrainingMissing,

    /// <summary>A stopped training is in the way.</summary>
    TrainingExists,

    /// <summary>A training step failed with the preset's values.</summary>
    TrainingFailed,

    /// <summary>A value of the preset cannot be used.</summary>
    PresetValue,

    /// <summary>libtorch is not on this machine.</summary>
    LibTorchMissing,

    /// <summary>libtorch is on this machine and cannot be loaded.</summary>
    LibTorchUnloadable,
}
