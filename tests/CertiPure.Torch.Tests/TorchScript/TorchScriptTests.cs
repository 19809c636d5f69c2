using CertiPure.Images;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Torch.Tests.TorchScript;

/// <summary>What programs return, and what becomes of it. The programs' source is Programs/make.py.</summary>
public sealed class TorchScriptTests
{
    private static readonly ImageShape Shape = new(1, 2, 2);

    [Theory]
    [InlineData("plain")]
    [InlineData("dictionary")]
    [InlineData("pair")]
    [InlineData("list")]
    [InlineData("half")]
    public void The_one_output_that_can_be_scores_is_read(string program)
    {
        using TorchClassifier classifier = Load(program);
        ImageBatch images = Images(5);
        float[] scores = classifier.Logits(images);
        Assert.Equal(3, classifier.ClassCount);
        for (int n = 0; n < 5; n++)
        {
            for (int k = 0; k < 3; k++)
            {
                double expected = new[] { 0, 0.25, -0.5 }[k];
                for (int i = 0; i < 4; i++)
                {
                    expected += ((((k * 4) + i) / 8.0) - 0.5) * images[n][i];
                }

                Assert.Equal(expected, scores[(n * 3) + k], program == "half" ? 5e-3 : 1e-6);
            }
        }
    }

    [Theory]
    [InlineData("two", null, "'0' (Float32 [2,3]), '1' (Float32 [2,3])")]
    [InlineData("two-keys", null, "'a' (Float32 [2,3]), 'b' (Float32 [2,3])")]
    [InlineData("nothing", null, "returns nothing for 2 images")]
    [InlineData("labels", null, "Int64 [2]")]
    [InlineData("sparse", null, "sparse Float32 [2,3]")]
    [InlineData("first-row", null, "Float32 [1,3]")]
    [InlineData("raises", null, "fails on 2 images [1,2,2]: one at a time.")]
    [InlineData("word", null, "something other than tensors")]
    [InlineData("pair", "1", "no float scores [2,K] under the name '1'")]
    [InlineData("two-keys", "c", "no float scores [2,K] under the name 'c'")]
    public void What_holds_no_scores_or_several_is_refused_in_one_sentence(string program, string? output, string reason)
    {
        var error = Assert.Throws<CertiPureException>(() => Load(program, output).Dispose());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_name_or_position_chooses_among_several()
    {
        ImageBatch images = Images(3);
        using TorchClassifier plain = Load("plain"), first = Load("two", "0"), second = Load("two", "1");
        using TorchClassifier a = Load("two-keys", "a"), b = Load("two-keys", "b");
        float[] scores = plain.Logits(images);
        Assert.Equal(scores, first.Logits(images));
        Assert.Equal(scores.Select(score => 2 * score), second.Logits(images));
        Assert.Equal(scores, a.Logits(images));
        Assert.Equal(scores.Select(score => -score), b.Logits(images));
    }

    [Theory]
    [InlineData("noise", "the second time")]
    [InlineData("batch-mean", "other images of its batch")]
    public void A_program_that_is_not_a_function_of_one_image_is_refused_by_the_probe(string program, string what)
    {
        using TorchClassifier classifier = Load(program);
        var joined = new TorchBaseClassifier(null, classifier, 0.25, 16);
        var error = Assert.Throws<CertiPureException>(() => ContractProbe.Of(joined, Precision.Fp32));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sound_program_passes_the_probe()
    {
        using TorchClassifier classifier = Load("dictionary");
        Assert.InRange(ContractProbe.Of(new TorchBaseClassifier(null, classifier, 0.25, 16), Precision.Fp32).Outcome.LargestDifference, 0, 1e-4);
    }

    private static TorchClassifier Load(string program, string? output = null) => TorchClassifier.FromTorchScript(
        Path.Combine(AppContext.BaseDirectory, "TorchScript", "Programs", program + ".pt"), Shape, null, output);

    private static ImageBatch Images(int count)
    {
        var images = new ImageBatch(Shape, count);
        for (int i = 0; i < images.Pixels.Length; i++)
        {
            images.Pixels.Span[i] = (i * 7 % 11) / 11f;
        }

        return images;
    }
}
