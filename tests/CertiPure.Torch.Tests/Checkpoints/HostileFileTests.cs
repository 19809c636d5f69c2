using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Torch.Tests.Checkpoints;

public sealed class HostileFileTests
{
    // The largest of the files has 3 MB; what reading it may allocate on the way to the refusal.
    private const long MaxAllocatedBytes = 600L << 20;

    public static TheoryData<string> Names => [.. HostileFiles.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_file_is_refused_in_its_own_words_at_bounded_cost(string name)
    {
        (byte[] bytes, string words) = HostileFiles.All[name];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Of(
            () =>
            {
                using Checkpoint checkpoint = CheckpointReader.Open("hostile file", bytes);
            },
            "hostile file",
            words);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
    }

    [Fact]
    public void A_tensor_name_of_control_characters_is_shown_on_one_line()
    {
        byte[] file = TorchFile.Zip(
            new Python.Dictionary(("a\r\nb\u001b[31m", Python.Tensor(Python.Storage("0", "FloatStorage", 1), 5, [1], [1]))), ("0", new byte[4]));
        Refusal.Of(() => CheckpointReader.Open("hostile file", file), "hostile file", "'a??b?[31m' with shape");
    }

    [Theory]
    [InlineData("safetensors")]
    [InlineData("pytorch-zip")]
    [InlineData("pytorch-legacy")]
    [InlineData("pickle")]
    [InlineData("flax")]
    public void A_file_cut_in_any_section_is_refused(string format)
    {
        byte[] whole = ValidFiles.All[format];
        Assert.True(whole.Length >= 10_000, $"{format} has only {whole.Length} bytes");
        WholeFile.Read("changed file", whole);
        for (int length = 0; length < whole.Length; length += length < 64 || length > whole.Length - 64 ? 1 : 23)
        {
            var refusal = Assert.Throws<CertiPureException>(() => WholeFile.Read("changed file", whole[..length]));
            Refusal.AssertOneSentence(refusal.Message);
        }
    }

    [Theory]
    [InlineData("safetensors")]
    [InlineData("pytorch-zip")]
    [InlineData("pytorch-legacy")]
    [InlineData("pickle")]
    [InlineData("flax")]
    public void Changed_bytes_anywhere_end_in_tensors_or_in_one_clear_sentence(string format)
    {
        const int Changes = 3000;
        byte[] whole = ValidFiles.All[format];
        var random = new Random(20240701);
        int refused = 0;
        for (int i = 0; i < Changes; i++)
        {
            // Spread evenly, so that no section is missed; now and then several bytes at once.
            byte[] changed = [.. whole];
            int position = (int)((long)i * whole.Length / Changes);
            for (int j = 0; j <= i % 3; j++)
            {
                changed[position] ^= (byte)random.Next(1, 256);
                position = random.Next(whole.Length);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                WholeFile.Read("changed file", changed);
            }
            catch (CertiPureException refusal)
            {
                refused++;
                Refusal.AssertOneSentence(refusal.Message);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        }

        // Tensors' own bytes carry no check, so some changes pass; but most of these files is structure.
        Assert.InRange(refused, Changes / 4, Changes);
    }
}
