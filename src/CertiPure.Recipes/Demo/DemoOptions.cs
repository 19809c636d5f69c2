using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Demo;

/// <summary>What the demo certifies. The defaults are minutes of work on two cores.</summary>
public sealed record DemoOptions
{
    /// <summary>The images.</summary>
    public ImageSelection Images { get; init; } = ImageSelection.Parse("every:100");

    /// <summary>The noise level in pixel space.</summary>
    public double Sigma { get; init; } = 0.5;

    /// <summary>Selection draws per image.</summary>
    public int SelectionDraws { get; init; } = 100;

    /// <summary>Estimation draws per image.</summary>
    public int EstimationDraws { get; init; } = 500;

    /// <summary>The probability with which a certificate may be wrong.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>Which votes the radius follows from.</summary>
    public BoundKind Bound { get; init; } = BoundKind.Margin;

    /// <summary>The noise's seed, the same for every method.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether runs that the folder holds are discarded.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The bundled model's name.</summary>
    public string Model { get; init; } = "fashion-mnist";

    /// <summary>Where bundled models are.</summary>
    public BundledModels Models { get; init; } = BundledModels.OfProgram;
}

/// <summary>One of the ways in which the demo certifies.</summary>
/// <param name="Name">What tables and plots call it.</param>
/// <param name="Key">Its folder's name.</param>
/// <param name="Purifier">Its purifier.</param>
public sealed record DemoMethod(string Name, string Key, PurifierChoice Purifier);
