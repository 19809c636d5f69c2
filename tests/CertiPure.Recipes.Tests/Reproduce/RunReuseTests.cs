using System.Text.Json.Nodes;
using CertiPure.Recipes.Reproduce;
using CertiPure.Results;

namespace CertiPure.Recipes.Tests.Reproduce;

public sealed class RunReuseTests : IDisposable
{
    private readonly SmallModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_finished_run_of_another_experiment_is_not_taken_for_the_planned_one()
    {
        await new Reproduction(SmallModels.Images(), _models.Options).Steps[0].RunAsync(_ => { }, TestContext.Current.CancellationToken);
        string path = _models.At("out", "runs", "none-0.5", RunFolder.ManifestName), manifest = File.ReadAllText(path);
        Assert.Equal(3, Done());
        (string Member, JsonNode Value)[] others =
        [
            ("seed", 1), ("sigma", 0.25), ("batch", 32), ("noise", "exact"), ("precision", "bf16"), ("bound", "margin"),
            ("plan", JsonNode.Parse("""{"name":"fixed","looks":[{"n":12,"alpha":0.0005}]}""")!),
        ];
        foreach ((string member, JsonNode value) in others)
        {
            JsonNode changed = JsonNode.Parse(manifest)!;
            Assert.NotNull(changed["experiment"]![member]);
            changed["experiment"]![member] = value;
            File.WriteAllText(path, changed.ToJsonString());
            Assert.True(Run.Read(Path.GetDirectoryName(path)!).IsComplete);
            Assert.True(Done() == 0, $"A run of another {member} is taken over.");
        }

        int Done() => new Reproduction(SmallModels.Images(), _models.Options).Steps[0].Done;
    }
}
