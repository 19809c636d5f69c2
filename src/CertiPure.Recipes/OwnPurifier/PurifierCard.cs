using System.Globalization;
using System.Text;
using CertiPure.Images;
using CertiPure.Recipes.Presets;

namespace CertiPure.Recipes.OwnPurifier;

/// <summary>The page beside trained weights that says what they are.</summary>
public static class PurifierCard
{
    /// <summary>Writes the page.</summary>
    /// <param name="job">The job.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="stages">What the training did.</param>
    /// <param name="trial">What was certified; empty without a classifier.</param>
    /// <param name="verdict">The trial in one sentence; null without a classifier.</param>
    public static string Write(
        PurifierJob job, IImageSource data, IReadOnlyList<StageResult> stages, IReadOnlyList<TrialResult> trial, string? verdict)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(stages);
        ArgumentNullException.ThrowIfNull(trial);
        var text = new StringBuilder();
        CultureInfo culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"# A purifier for {data.Name}\n\n");
        text.Append(culture, $"{data.Count - job.HeldOut.Count:N0} pictures of {data.Shape} to train on, {job.HeldOut.Count} held out; pixels SHA-256 {data.PixelSha256}");
        text.Append(data.Preparation is null ? "" : $"; every picture was prepared: {data.Preparation}");
        text.Append(culture, $". Network: {job.Size}. In training, pictures were {job.Augmentation}; the loss of fine-tuning was {(job.Distance == FineTuningDistance.Lpips ? "LPIPS" : job.Distance.ToString().ToLowerInvariant())}.\n\n");
        text.Append("| stage | steps | hours | held-out loss, first | best |\n|---|---:|---:|---:|---:|\n");
        foreach (StageResult stage in stages)
        {
            string first = stage.HeldOutLosses.Count > 0 ? stage.HeldOutLosses[0].ToString("G4", culture) : "";
            string best = stage.HeldOutLosses.Count > 0 ? stage.HeldOutLosses.Min().ToString("G4", culture) : "";
            text.Append(culture, $"| {stage.Stage} | {stage.Steps:N0} | {stage.Seconds / 3600:F2} | {first} | {best} |\n");
        }

        if (trial.Count > 0)
        {
            text.Append(culture, $"\nCertified on the images held out at sigma {PurifierTrial.Sigma}, radius {PurifierTrial.Sigma}, n = 200, alpha = 0.001:\n\n| method | certified |\n|---|---:|\n");
            foreach (TrialResult result in trial)
            {
                text.Append(culture, $"| {result.Method} | {result.Certified} of {result.Outcomes.Count} |\n");
            }

            text.Append(culture, $"\nIt {verdict}.\n");
        }

        text.Append("\n`heldout.png` shows pictures held out: noisy at sigma 0.5, purified, clean. `consistency.safetensors` is the purifier, `edm.safetensors` the\n"
            + "one-step denoiser that it began as.\n");
        return text.ToString();
    }
}
