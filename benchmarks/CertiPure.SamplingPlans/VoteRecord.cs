using System.Text.Json;

namespace CertiPure.SamplingPlans;

/// <summary>The votes of one image in the course of a fixed run.</summary>
/// <param name="Id">The image's position in its data set.</param>
/// <param name="IsRight">Whether the selected class is the true one.</param>
/// <param name="Votes">The votes for the selected class among the first 100, 200, ... estimation draws.</param>
internal sealed record VoteRecord(int Id, bool IsRight, IReadOnlyList<int> Votes)
{
    /// <summary>The file of a recording, beside the log of its run.</summary>
    internal const string FileName = "votes.jsonl";

    /// <summary>The draws between two counts.</summary>
    internal const int Interval = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the whole lines of a recording; an image that was begun twice has its last line.</summary>
    internal static IReadOnlyList<VoteRecord> Read(string folder) =>
    [
        .. File.ReadLines(Path.Combine(folder, FileName))
            .Where(line => line.EndsWith('}'))
            .Select(line => JsonSerializer.Deserialize<VoteRecord>(line, Json)!)
            .GroupBy(record => record.Id)
            .Select(records => records.Last())
            .OrderBy(record => record.Id),
    ];

    /// <summary>Appends this record to a recording.</summary>
    internal void AppendTo(string folder) =>
        File.AppendAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
}
