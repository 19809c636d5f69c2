using System.Text.Json;

namespace CertiPure.Torch.Training;

/// <summary>The file <c>stats.jsonl</c> of a run. Resuming drops the lines after the checkpoint, which will be written again.</summary>
internal sealed class TrainingStatistics : IDisposable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private readonly StreamWriter _writer;

    public TrainingStatistics(string path, long stepsDone)
    {
        string written = File.Exists(path) ? File.ReadAllText(path) : "";
        string kept = string.Concat(
            written.Split('\n').TakeWhile(line => TryParse(line)?.Step <= stepsDone).Select(line => line + "\n"));
        if (kept != written)
        {
            File.WriteAllText(path, kept);
        }

        _writer = new StreamWriter(path, append: true);
    }

    public void Write(TrainingProgress progress)
    {
        _writer.WriteLine(JsonSerializer.Serialize(progress, Format));
        _writer.Flush();
    }

    public void Dispose() => _writer.Dispose();

    private static TrainingProgress? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingProgress>(line, Format);
        }
        catch (JsonException)
        {
            // A line torn by a kill: it and what follows it belong to steps that will be done again.
            return null;
        }
    }
}
