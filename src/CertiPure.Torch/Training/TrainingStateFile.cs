using System.Globalization;
using CertiPure.Torch.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Training;

/// <summary>
/// The file that a run resumes from: weights, buffers, optimizer, moving averages and loss state in 32 bits, and the
/// step. It is complete or not written at all: a full disk or a kill leaves the one before.
/// </summary>
internal static class TrainingStateFile
{
    private const string Step = "step";
    private const string Seconds = "seconds";
    private const string Run = "run";

    /// <summary>Writes the state.</summary>
    /// <exception cref="CertiPureException">The file cannot be written; the one before is untouched.</exception>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, long stepsDone, double seconds, string run)
    {
        using var scope = NewDisposeScope();
        using var state = new Checkpoint(
            tensors.Select(entry => ModuleState.ToCheckpointTensor(entry.Name, entry.Tensor)),
            new Dictionary<string, string>
            {
                [Step] = stepsDone.ToString(CultureInfo.InvariantCulture),
                [Seconds] = seconds.ToString("F1", CultureInfo.InvariantCulture),
                [Run] = run,
            });
        SafeTensors.Write(path, state);
    }

    /// <summary>Reads the state into the tensors.</summary>
    /// <returns>Steps done and seconds spent.</returns>
    /// <exception cref="CertiPureException">The file is damaged or of a run with other options.</exception>
    public static (long StepsDone, double Seconds) Read(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, string run)
    {
        using Checkpoint state = SafeTensors.Read(path);
        if (!state.Metadata.TryGetValue(Run, out string? written)
            || !long.TryParse(state.Metadata.GetValueOrDefault(Step), CultureInfo.InvariantCulture, out long stepsDone)
            || !double.TryParse(state.Metadata.GetValueOrDefault(Seconds), CultureInfo.InvariantCulture, out double seconds))
        {
            throw new CertiPureException($"The file '{path}' is not a training state: name the folder of a run that was started.");
        }

        if (written != run)
        {
            throw new CertiPureException(
                $"The training in '{Path.GetDirectoryName(path)}' was started with other options ({FirstDifference(written, run)}): "
                + "give the same ones to resume it, or another place to start anew.",
                ErrorReason.Refused);
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (!state.TryGet(name, out CheckpointTensor? source) || !source.Shape.SequenceEqual(tensor.shape))
            {
                throw new CertiPureException(
                    $"The training state '{path}' has no fitting tensor '{name}': it was written by another version, so start anew.");
            }

            tensor.copy_(CheckpointLoader.ToTensor(source));
        }

        return (stepsDone, seconds);
    }

    private static string FirstDifference(string before, string now)
    {
        string[] linesBefore = before.Split('\n'), linesNow = now.Split('\n');
        int i = 0;
        while (i < linesBefore.Length && i < linesNow.Length && linesBefore[i] == linesNow[i])
        {
            i++;
        }

        string At(string[] lines) => i < lines.Length ? lines[i].Trim().TrimEnd(',') : "nothing";
        return $"then {At(linesBefore)}, now {At(linesNow)}";
    }
}
