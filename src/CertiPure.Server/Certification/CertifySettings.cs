using System.Globalization;
using CertiPure.Recipes.Runs;
using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Server.Uploads;
using CertiPure.Smoothing;

namespace CertiPure.Server.Certification;

/// <summary>How an image is certified, within the configured bounds.</summary>
/// <param name="Plan">How many draws, and when they are looked at.</param>
/// <param name="Seed">The noise's seed.</param>
/// <param name="SeedChosenBy">Who chose it.</param>
internal sealed record CertifySettings(SamplingPlan Plan, ulong Seed, SeedOrigin SeedChosenBy)
{
    public const int DefaultSelectionDraws = 100;
    public const int DefaultDraws = 1000;
    public const double DefaultAlpha = 0.001;

    /// <summary>The bounds' names; the first is the default.</summary>
    public static IReadOnlyList<string> Bounds { get; } = ["margin", "top"];

    /// <summary>Reads the fields of a form.</summary>
    /// <param name="form">The form.</param>
    /// <param name="freshSeed">A seed that was drawn before the image was read.</param>
    /// <param name="options">The bounds.</param>
    public static CertifySettings Read(UploadForm form, ulong freshSeed, ServerOptions options)
    {
        var errors = new Dictionary<string, string>();
        int n0 = form.Integer("n0", DefaultSelectionDraws, 1, options.MaxSelectionDraws, errors);
        int n = form.Integer("n", Math.Min(DefaultDraws, options.MaxDraws), 1, options.MaxDraws, errors);
        double alpha = form.Number("alpha", DefaultAlpha, options.MinAlpha, options.MaxAlpha, errors);
        string plan = form.Text("plan") ?? SamplingPlans.Names[0];
        if (!SamplingPlans.Names.Contains(plan))
        {
            errors["plan"] = $"must be one of {string.Join(", ", SamplingPlans.Names)}";
        }

        string bound = form.Text("bound") ?? Bounds[0];
        if (!Bounds.Contains(bound))
        {
            errors["bound"] = $"must be one of {string.Join(", ", Bounds)}";
        }

        (ulong seed, SeedOrigin origin) = ReadSeed(form, freshSeed, options, errors);
        InvalidFields.ThrowIfAny(errors);
        try
        {
            return new CertifySettings(
                SamplingPlans.Create(
                    plan, n0, n, alpha, CertifiedAccuracy.DefaultRadii, bound == "top" ? BoundKind.Top : BoundKind.Margin),
                seed,
                origin);
        }
        catch (CertiPureException e)
        {
            throw Hosting.RequestException.BadRequest(e.Message);
        }
    }

    private static (ulong Seed, SeedOrigin Origin) ReadSeed(
        UploadForm form, ulong freshSeed, ServerOptions options, Dictionary<string, string> errors)
    {
        if (form.Text("seed") is not { } text)
        {
            return (freshSeed, SeedOrigin.Service);
        }

        if (!options.AllowClientSeed)
        {
            errors["seed"] = "is chosen by this service, afresh for every request";
        }
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) && seed <= FreshSeed.Largest)
        {
            return (seed, SeedOrigin.Client);
        }
        else
        {
            errors["seed"] = $"must be a whole number from 0 to {FreshSeed.Largest}";
        }

        return (freshSeed, SeedOrigin.Service);
    }
}
