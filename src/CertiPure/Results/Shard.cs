using System.Globalization;
using System.Text.Json.Serialization;

namespace CertiPure.Results;

/// <summary>One worker's part of a run: every <paramref name="Count"/>-th of the selected images, beginning with number
/// <paramref name="Index"/>.</summary>
/// <param name="Index">0 to Count - 1.</param>
/// <param name="Count">The number of parts.</param>
[JsonConverter(typeof(ShardConverter))]
public sealed record Shard(int Index, int Count)
{
    /// <summary>The only part of an undivided run: <c>0/1</c>.</summary>
    public static Shard Whole { get; } = new(0, 1);

    /// <summary>Whether this is the whole run.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>
    /// Reads <c>i/n</c>; <c>auto</c>, which asks the cluster for both (Slurm: SLURM_ARRAY_TASK_ID and its array's extent;
    /// Kubernetes: JOB_COMPLETION_INDEX, and CERTIPURE_SHARD_COUNT for the count, which Kubernetes does not say); or
    /// <c>auto/n</c>, which asks for the index alone.
    /// </summary>
    /// <param name="text">The option's value.</param>
    /// <param name="environment">Looks up an environment variable; the process's by default.</param>
    /// <exception cref="CertiPureException">The text is none of these, or the cluster does not say.</exception>
    public static Shard Parse(string text, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        environment ??= Environment.GetEnvironmentVariable;
        string[] parts = text.Split('/');
        if (parts is ["auto"])
        {
            return FromCluster(null, environment);
        }

        if (parts is ["auto", var total] && TryParse(total, out int fixedCount) && fixedCount >= 1)
        {
            return FromCluster(fixedCount, environment);
        }

        if (parts is [var first, var second]
            && TryParse(first, out int index)
            && TryParse(second, out int count)
            && index < count)
        {
            return new Shard(index, count);
        }

        throw new CertiPureException(
            $"The shard '{Excerpt.Of(text)}' is not i/n with 0 <= i < n, auto or auto/n; the first of four is 0/4.",
            ErrorReason.InvalidArgument);
    }

    /// <summary>This part of the ids, in their order.</summary>
    /// <param name="ids">The ids of the whole run.</param>
    public IReadOnlyList<int> Select(IReadOnlyList<int> ids) =>
        IsWhole ? ids : [.. ids.Where((_, position) => position % Count == Index)];

    /// <summary>The shard as on the command line: <c>0/4</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static Shard FromCluster(int? count, Func<string, string?> environment)
    {
        if (environment("SLURM_ARRAY_TASK_ID") is string task)
        {
            int id = Variable("SLURM_ARRAY_TASK_ID", task);
            if (count is not null)
            {
                return Checked(id, count.Value, "SLURM_ARRAY_TASK_ID");
            }

            int minimum = Required("SLURM_ARRAY_TASK_MIN");
            int maximum = Required("SLURM_ARRAY_TASK_MAX");
            int tasks = Required("SLURM_ARRAY_TASK_COUNT");
            // A resubmitted array of some tasks (--array=3,7) would silently number the shards anew.
            if (maximum - minimum + 1 != tasks)
            {
                throw new CertiPureException(
                    $"The Slurm array {minimum}-{maximum} has only {tasks} tasks, so 'auto' cannot know the number of shards; "
                    + "write auto/n, with an array that starts at 0.",
                    ErrorReason.InvalidArgument);
            }

            return Checked(id - minimum, tasks, "SLURM_ARRAY_TASK_ID");
        }

        if (environment("JOB_COMPLETION_INDEX") is string completion)
        {
            return Checked(
                Variable("JOB_COMPLETION_INDEX", completion), count ?? Required("CERTIPURE_SHARD_COUNT"), "JOB_COMPLETION_INDEX");
        }

        throw new CertiPureException(
            "The shard 'auto' needs SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX in the environment, and neither is set; write the shard as i/n.",
            ErrorReason.InvalidArgument);

        int Required(string name) =>
            Variable(name, environment(name) ?? throw new CertiPureException(
                $"The shard 'auto' needs the environment variable {name}; set it, or write the number of shards as auto/n.",
                ErrorReason.InvalidArgument));
    }

    private static int Variable(string name, string value) =>
        TryParse(value, out int number)
            ? number
            : throw new CertiPureException(
                $"The environment variable {name} is '{Excerpt.Of(value)}', not a whole number; write the shard as i/n.",
                ErrorReason.InvalidArgument);

    private static Shard Checked(int index, int count, string source) =>
        index >= 0 && index < count
            ? new Shard(index, count)
            : throw new CertiPureException(
                $"{source} makes this shard {index} of {count}, but shards are numbered from 0 to {count - 1}; correct the array's "
                + "extent.",
                ErrorReason.InvalidArgument);

    private static bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
