using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

public sealed class Philox4x32Tests
{
    /// <summary>The known-answer vectors for philox4x32 with 10 rounds of the Random123 distribution.</summary>
    [Theory]
    [InlineData(
        new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 }, new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(
        new[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
        new[] { 0xffffffff, 0xffffffff },
        new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
        new uint[] { 0xa4093822, 0x299f31d0 },
        new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void It_gives_the_published_known_answers(uint[] counter, uint[] key, uint[] expected)
    {
        Philox4x32.Generate(ref counter[0], ref counter[1], ref counter[2], ref counter[3], key[0], key[1]);
        Assert.Equal(expected, counter);
    }

    [Fact]
    public void The_vector_form_gives_the_scalar_forms_words()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This processor has no AVX2, so the vector form is never used.");
        var random = new Random(1);
        for (int trial = 0; trial < 1000; trial++)
        {
            uint[] words = [.. Enumerable.Range(0, 18).Select(_ => (uint)random.NextInt64(1L << 32))];
            Vector256<ulong> c0 = Lanes(words, 0), c1 = Lanes(words, 4), c2 = Lanes(words, 8), c3 = Lanes(words, 12);
            Philox4x32.Generate(ref c0, ref c1, ref c2, ref c3, words[16], words[17]);
            for (int lane = 0; lane < 4; lane++)
            {
                uint s0 = words[lane], s1 = words[4 + lane], s2 = words[8 + lane], s3 = words[12 + lane];
                Philox4x32.Generate(ref s0, ref s1, ref s2, ref s3, words[16], words[17]);
                Assert.Equal((s0, s1, s2, s3), (c0[lane], c1[lane], c2[lane], c3[lane]));
            }
        }
    }

    private static Vector256<ulong> Lanes(uint[] words, int first) =>
        Vector256.Create((ulong)words[first], words[first + 1], words[first + 2], words[first + 3]);
}
