namespace CertiPure.Server.Contracts;

/// <summary>What the service offers and allows.</summary>
/// <param name="Version">CertiPure's version.</param>
/// <param name="Models">The classifiers; the first is the default.</param>
/// <param name="DataSets">The data sets whose test images are at hand.</param>
/// <param name="Budgets">Usual numbers of draws.</param>
/// <param name="Plans">The sampling plans; the first is the default.</param>
/// <param name="Bounds">Which votes the radius may follow from; the first is the default.</param>
/// <param name="Defaults">What a request gets that says nothing else.</param>
/// <param name="Limits">The bounds of a request.</param>
public sealed record ModelsAnswer(
    string Version,
    IReadOnlyList<ModelDescription> Models,
    IReadOnlyList<DataSetDescription> DataSets,
    IReadOnlyList<Budget> Budgets,
    IReadOnlyList<string> Plans,
    IReadOnlyList<string> Bounds,
    Defaults Defaults,
    Limits Limits);

/// <summary>A classifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Shape">The image shape it takes.</param>
/// <param name="ClassNames">The classes' names in label order.</param>
/// <param name="Sigmas">The noise levels on offer, in pixel space [0,1].</param>
/// <param name="Purifiers">What can precede it; the first is the default.</param>
/// <param name="DataSet">The data set whose images it knows, or null.</param>
public sealed record ModelDescription(
    string Name,
    Shape Shape,
    IReadOnlyList<string> ClassNames,
    IReadOnlyList<double> Sigmas,
    IReadOnlyList<PurifierDescription> Purifiers,
    string? DataSet);

/// <summary>A purifier on offer.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="DrawsPerSecond">Draws per second that were measured at the start; null before that.</param>
public sealed record PurifierDescription(string Name, string Title, string Summary, double? DrawsPerSecond);

/// <summary>A data set on offer; its images are at <c>/v1/datasets/{name}/images/{id}</c>.</summary>
/// <param name="Name">Its name in requests.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Split">The split, <c>test</c> as a rule.</param>
/// <param name="Count">The number of images; ids run from 0 to one less.</param>
/// <param name="Shape">The shape of each image.</param>
/// <param name="Typical">What most of its images are like.</param>
public sealed record DataSetDescription(string Name, string Title, string? Split, int Count, Shape Shape, Typical Typical);

/// <summary>Between which values 98 of 100 images of a data set lie, to tell a picture that is unlike them.</summary>
/// <param name="Brightness">The mean of all values, 0 to 1: the least and the greatest.</param>
/// <param name="Contrast">The standard deviation of all values.</param>
/// <param name="Border">The mean of the values of the outermost pixels.</param>
public sealed record Typical(IReadOnlyList<double> Brightness, IReadOnlyList<double> Contrast, IReadOnlyList<double> Border);

/// <summary>An image's shape.</summary>
/// <param name="Channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record Shape(int Channels, int Height, int Width);

/// <summary>A usual number of draws.</summary>
/// <param name="Name">Its name for people.</param>
/// <param name="N">The draws.</param>
/// <param name="Ceiling">The radius, in units of sigma, that is proven when every vote agrees, at the default alpha.</param>
public sealed record Budget(string Name, int N, double Ceiling);

/// <summary>What a request gets that says nothing else.</summary>
/// <param name="Sigma">The noise level.</param>
/// <param name="N0">Selection draws.</param>
/// <param name="N">Estimation draws.</param>
/// <param name="Alpha">The error probability.</param>
public sealed record Defaults(double Sigma, int N0, int N, double Alpha);

/// <summary>The bounds of a request.</summary>
/// <param name="MaxUploadBytes">The largest request body.</param>
/// <param name="MaxImagePixels">The most pixels of an image.</param>
/// <param name="MaxSelectionDraws">The most selection draws, n0.</param>
/// <param name="MaxDraws">The most draws, n.</param>
/// <param name="MinAlpha">The smallest error probability.</param>
/// <param name="MaxAlpha">The largest error probability.</param>
/// <param name="MaxPictures">The most draws that <c>/v1/purify</c> shows.</param>
/// <param name="ClientSeed">Whether a request may choose the seed.</param>
public sealed record Limits(
    int MaxUploadBytes,
    int MaxImagePixels,
    int MaxSelectionDraws,
    int MaxDraws,
    double MinAlpha,
    double MaxAlpha,
    int MaxPictures,
    bool ClientSeed);
