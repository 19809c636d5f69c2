using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

public sealed class AugmentationTests
{
    private readonly Tensor _images = arange(400 * 2 * 4 * 5, dtype: ScalarType.Float32).view(400, 2, 4, 5);

    [Fact]
    public void A_flip_mirrors_about_half_of_the_images_and_leaves_the_rest()
    {
        using var random = new TrainingRandom(1, 0, 0);
        Tensor changed = new Augmentation(Flip: true).Apply(_images, random);
        int flipped = 0;
        for (int i = 0; i < 400; i++)
        {
            bool isFlipped = Same(changed[i], _images[i].flip(2));
            Assert.True(isFlipped || Same(changed[i], _images[i]));
            flipped += isFlipped ? 1 : 0;
        }

        Assert.InRange(flipped, 160, 240);
    }

    [Fact]
    public void A_shift_moves_by_every_distance_and_repeats_the_border()
    {
        using var random = new TrainingRandom(2, 0, 0);
        Tensor changed = new Augmentation(Shift: 1).Apply(_images, random);
        var seen = new HashSet<(int, int)>();
        for (int i = 0; i < 400; i++)
        {
            (int Row, int Column) shift = Enumerable.Range(-1, 3)
                .SelectMany(row => Enumerable.Range(-1, 3).Select(column => (row, column)))
                .Single(candidate => Same(changed[i], Shifted(_images[i], candidate.row, candidate.column)));
            seen.Add(shift);
        }

        Assert.Equal(9, seen.Count);
    }

    [Fact]
    public void No_augmentation_changes_nothing()
    {
        using var random = new TrainingRandom(3, 0, 0);
        Assert.True(Same(new Augmentation().Apply(_images, random), _images));
    }

    private static bool Same(Tensor a, Tensor b) => a.eq(b).all().item<bool>();

    private static Tensor Shifted(Tensor image, int rows, int columns)
    {
        Tensor row = (arange(4) + rows).clamp(0, 3).to(ScalarType.Int64);
        Tensor column = (arange(5) + columns).clamp(0, 4).to(ScalarType.Int64);
        return image.index_select(1, row).index_select(2, column);
    }
}
