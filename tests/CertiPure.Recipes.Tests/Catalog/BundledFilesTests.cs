using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;

namespace CertiPure.Recipes.Tests.Catalog;

/// <summary>What lies under <c>models/</c>: small enough to be cloned, described, and usable by name.</summary>
public sealed class BundledFilesTests
{
    private const long MostBytes = 75_000_000;

    private static readonly BundledModels Models = BundledModels.OfProgram;

    public static TheoryData<string, string> Files() =>
        [.. Models.Names.SelectMany(name => Models.Files(name).Select(file => (name, file)))];

    [Fact]
    public void All_models_together_take_at_most_75_MB()
    {
        long bytes = Directory.EnumerateFiles(Models.Folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Assert.InRange(bytes, 1, MostBytes);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_is_described_by_its_models_card_and_gives_labels(string name, string file)
    {
        Assert.Contains(
            $"`{file}.safetensors`", File.ReadAllText(Path.Combine(Models.Folder, name, "README.md")), StringComparison.Ordinal);

        bool isClassifier = file.Contains("classifier", StringComparison.Ordinal) || file.StartsWith("smoothed-", StringComparison.Ordinal);
        string method = file is "edm" or "ddpm" or "calibrated" ? file : "consistency";
        ImageShape shape = name == "fashion-mnist" ? new ImageShape(1, 28, 28) : new ImageShape(3, 32, 32);
        var request = new ModelRequest(
            isClassifier ? $"{name}/{file}" : name, isClassifier ? PurifierChoice.None : new PurifierChoice(method, $"{name}/{file}"), 0.5, shape)
        {
            BatchSize = 2,
        };
        using BaseModel model = ModelCatalog.Load(request);
        int[] labels = [-1, -1];
        model.BaseClassifier.Classify(new ImageBatch(shape, 2), labels);
        Assert.All(labels, label => Assert.InRange(label, 0, 9));
    }
}
