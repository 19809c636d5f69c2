using System.Text.RegularExpressions;

namespace CertiPure.Architecture.Tests;

/// <summary>Random values come from one place: another one would draw on the device, or from the ambient generator, and so give other
/// numbers on a GPU, or not the same ones twice.</summary>
public sealed partial class RandomSourceTests
{
    private const string Helper = "src/CertiPure.Torch/Backend/RandomTensors.cs";

    /// <summary>What may draw otherwise, and why.</summary>
    private static readonly (string File, string Word, string Why)[] Exceptions =
    [
        ("src/CertiPure.Torch/Networks/Layers/UNetBlock.cs", "functional.dropout(", "masks under a seed that training sets"),
        ("src/CertiPure.Torch/Networks/Classifiers/WideResNet.cs", "functional.dropout(", "masks under a seed that training sets"),
        ("src/CertiPure.Torch/Networks/UNets/OpenAiResidualBlock.cs", "nn.Dropout(", "masks under a seed that training sets"),
        ("src/CertiPure.Torch/Networks/Features/AlexNet.cs", "nn.Dropout(", "published layers, off in evaluation, which is all they are for"),
        ("src/CertiPure.Torch/Networks/Features/SqueezeNet.cs", "nn.Dropout(", "likewise"),
        ("src/CertiPure.Torch/Networks/Features/Vgg16.cs", "nn.Dropout(", "likewise"),
        ("src/CertiPure.Torch/Training/Data/TrainingRandom.cs", "manual_seed(", "the seed of dropout's masks"),
    ];

    [Fact]
    public void Random_values_are_drawn_in_one_place()
    {
        string root = ProductSources.Root;
        var found = new List<string>();
        foreach (string path in Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            string file = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (file == Helper || file.Contains("/obj/", StringComparison.Ordinal))
            {
                continue;
            }

            foreach ((int line, string text) in File.ReadLines(path).Index())
            {
                string code = Comment().Replace(text, "");
                found.AddRange(RandomCall().Matches(code).Select(match => match.Value)
                    .Where(word => !Exceptions.Any(known => known.File == file && code.Contains(known.Word, StringComparison.Ordinal)))
                    .Select(word => $"{file}:{line + 1}: {word}"));
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Each_exception_is_one_that_is_needed() => Assert.All(
        Exceptions,
        known => Assert.Contains(known.Word, File.ReadAllText(Path.Combine(ProductSources.Root, known.File)), StringComparison.Ordinal));

    [Theory]
    [InlineData("x = randn(2, 3);")]
    [InlineData("x = torch.rand_like(y);")]
    [InlineData("x.normal_();")]
    [InlineData("x = y.bernoulli();")]
    [InlineData("var random = new Random(1);")]
    [InlineData("Random.Shared.Next()")]
    public void Every_kind_of_random_call_is_seen(string code) => Assert.Matches(RandomCall(), code);

    [GeneratedRegex(
        @"\b(randn?|randint|randperm|randn?_like|randint_like|bernoulli|multinomial|poisson|normal)\(|\.(normal|uniform|random|bernoulli|exponential|"
        + @"log_normal|geometric|cauchy)_\(|\b(new Random\(|Random\.Shared|manual_seed\(|[dD]ropout\w*\()")]
    private static partial Regex RandomCall();

    [GeneratedRegex("//.*$")]
    private static partial Regex Comment();
}
