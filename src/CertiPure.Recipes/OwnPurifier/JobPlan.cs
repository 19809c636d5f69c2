using System.Text.Json;

namespace CertiPure.Recipes.OwnPurifier;

/// <summary>What a job has decided and done, kept in its folder so that a killed one goes on.</summary>
/// <param name="Job">What determines the job.</param>
/// <param name="Steps">The steps of each stage whose speed has been measured.</param>
/// <param name="Results">The stages that are done.</param>
internal sealed record JobPlan(string Job, IReadOnlyDictionary<string, long> Steps, IReadOnlyList<StageResult> Results)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    private string _path = "";

    /// <summary>Reads the plan of a folder, or begins one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="job">What determines the job.</param>
    /// <exception cref="CertiPureException">The folder holds another job.</exception>
    public static JobPlan Open(string path, string job)
    {
        if (!File.Exists(path))
        {
            return new JobPlan(job, new Dictionary<string, long>(), []) { _path = path };
        }

        JobPlan? plan;
        try
        {
            plan = JsonSerializer.Deserialize<JobPlan>(File.ReadAllText(path), Format);
        }
        catch (JsonException error)
        {
            throw new CertiPureException($"{path} is damaged ({error.Message.TrimEnd('.')}); remove the folder to start anew.", error);
        }

        return plan is { Steps: not null, Results: not null } && plan.Job == job
            ? plan with { _path = path }
            : throw new CertiPureException(
                $"{Path.GetDirectoryName(path)} holds the training of another purifier: other pictures, hours, size or loss; choose another folder.",
                ErrorReason.Refused);
    }

    /// <summary>The plan with a stage's steps, written down.</summary>
    public JobPlan With(string stage, long steps) => (this with { Steps = new Dictionary<string, long>(Steps) { [stage] = steps } }).Written();

    /// <summary>The plan with a finished stage, written down.</summary>
    public JobPlan With(StageResult result) => (this with { Results = [.. Results, result] }).Written();

    private JobPlan Written()
    {
        OutputTarget.Write(_path, temporary => File.WriteAllText(temporary, JsonSerializer.Serialize(this, Format)));
        return this;
    }
}
