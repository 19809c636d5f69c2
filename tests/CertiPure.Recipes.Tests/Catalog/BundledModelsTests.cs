using System.Security.Cryptography;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Tests.Catalog;

public sealed class BundledModelsTests : IDisposable
{
    private static readonly string[] Usual = ["consistency-lpips", "consistency"];
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-models-").FullName;

    public BundledModelsTests()
    {
        foreach (string file in (string[])["a/classifier", "a/consistency", "b/consistency", "b/consistency-lpips"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, Path.GetDirectoryName(file)!));
            File.WriteAllText(Path.Combine(_folder, file + ".safetensors"), file);
        }
    }

    private BundledModels Models => new(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a", "a/consistency")]
    [InlineData("b", "b/consistency-lpips")]
    [InlineData("b/consistency", "b/consistency")]
    public void A_name_stands_for_the_preferred_file_and_a_file_for_itself(string reference, string expected) =>
        Assert.Equal(Path.Combine(_folder, expected + ".safetensors"), Models.Find(reference, Usual));

    [Theory]
    [InlineData("c")]
    [InlineData("../a")]
    [InlineData("a/consistency/x")]
    [InlineData("a/../b")]
    [InlineData("")]
    public void Other_words_name_no_model(string reference) => Assert.Null(Models.Find(reference, Usual));

    [Fact]
    public void A_file_that_the_model_lacks_is_refused_with_those_it_has()
    {
        var error = Assert.Throws<CertiPureException>(() => Models.Find("a/edm", Usual));
        Assert.Contains("classifier, consistency", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_found_by_its_hash()
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData("b/consistency"u8));
        Assert.Equal(Path.Combine(_folder, "b", "consistency.safetensors"), Models.FindByHash(hash));
        Assert.Null(Models.FindByHash(new string('0', 64)));
    }

    [Fact]
    public void A_folder_that_is_not_there_holds_no_models() =>
        Assert.Empty(new BundledModels(Path.Combine(_folder, "nowhere")).Names);

    [Theory]
    [InlineData("none", "none", null)]
    [InlineData("edm:fashion-mnist", "edm", "fashion-mnist")]
    [InlineData("consistency:b/consistency", "consistency", "b/consistency")]
    [InlineData("pf-ode:C:\\mine.safetensors", "pf-ode", "C:\\mine.safetensors")]
    public void A_purifier_is_a_method_and_its_weights(string text, string method, string? weights)
    {
        var choice = PurifierChoice.Parse(text);
        Assert.Equal((method, weights), (choice.Method, choice.Weights));
        Assert.Equal(text, choice.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("magic:wand")]
    [InlineData("edm")]
    [InlineData("edm:")]
    [InlineData("none:weights")]
    public void Other_purifiers_are_refused(string text) =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => PurifierChoice.Parse(text)).Reason);
}
