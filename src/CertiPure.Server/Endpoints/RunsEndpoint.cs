using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CertiPure.Reports;
using CertiPure.Results;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Smoothing;

namespace CertiPure.Server.Endpoints;

/// <summary><c>GET /v1/runs</c>: the run folders below the configured root, and their curves.</summary>
internal sealed class RunsEndpoint(RunLibrary library)
{
    /// <summary>The bars of a histogram of lower bounds.</summary>
    private const int Bars = 20;

    public RunsAnswer Runs()
    {
        if (!library.HasRoot)
        {
            return new RunsAnswer(
                CertifiedAccuracy.DefaultRadii, [], [], "No folder of runs was configured; start the service with --runs FOLDER.");
        }

        var runs = new List<RunSummary>();
        var skipped = new List<string>();
        foreach ((string name, string folder) in library.Folders())
        {
            try
            {
                runs.Add(Summarise(name, library.Read(folder)));
            }
            catch (CertiPureException)
            {
                skipped.Add(name);
            }
        }

        return new RunsAnswer(
            CertifiedAccuracy.DefaultRadii, runs, skipped, runs.Count == 0 ? "The folder holds no run with certificates yet." : null);
    }

    public RunCurve Curve(string name)
    {
        // A name is looked up among the folders that were found, never joined to the root.
        string folder = library.Folders().FirstOrDefault(pair => pair.Name == name).Folder
            ?? throw RequestException.NotFound("There is no such run; see /v1/runs.");
        try
        {
            Run read = library.Read(folder);
            CertifiedRun run = CertifiedRun.Of(read, name);
            var bounds = new int[Bars];
            foreach (Certificate certificate in read.Certificates)
            {
                bounds[Math.Min(Bars - 1, (int)(Bars * certificate.LowerBound))]++;
            }

            double[] radii = [.. run.Images.Where(image => image.IsCorrect).Select(image => image.Radius).Append(0)];
            return new RunCurve(
                name,
                [.. CertifiedAccuracy.Of(run, radii).Cells.Select(cell => new CurvePoint(cell.Radius, cell.Accuracy.Value))],
                bounds);
        }
        catch (CertiPureException)
        {
            throw RequestException.NotFound("This run cannot be reported: it is damaged, or has no labels or no certificates yet.");
        }
    }

    private static RunSummary Summarise(string name, Run run)
    {
        Experiment experiment = run.Manifest.Experiment;
        CertifiedAccuracy summary = CertifiedAccuracy.Of(CertifiedRun.Of(run, name));
        return new RunSummary(
            name,
            experiment.Data.Split is { } split ? $"{experiment.Data.Name} {split}" : experiment.Data.Name,
            Comparable(experiment),
            experiment.Purifier.Method,
            experiment.Classifier.Name,
            experiment.Sigma,
            experiment.N,
            experiment.Alpha,
            Choice.Word(experiment.Bound),
            run.Certificates.Count,
            run.Certificates.Count + run.Missing.Count,
            [.. summary.Cells.Select(cell => cell.Accuracy.Value)],
            [.. summary.Cells.Select(cell => (IReadOnlyList<double>)[cell.Accuracy.Lower, cell.Accuracy.Upper])],
            summary.AverageRadius,
            summary.Abstention.Count,
            run.Manifest.CleanImages,
            run.Manifest.SeedChosenBy);
    }

    /// <summary>A hash of what two runs must share to be compared.</summary>
    private static string Comparable(Experiment experiment) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{experiment.Data.Name} {experiment.Data.Split} {experiment.Data.PixelSha256} {experiment.N0} {experiment.N} {experiment.Alpha} "
        + $"{experiment.Bound} {string.Join(',', experiment.Images)}"))).AsSpan(0, 8));
}
