using CertiPure.Images;
using CertiPure.Torch.Training.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

public sealed class TrainingDataTests
{
    [Fact]
    public void Every_pixel_and_label_of_the_chosen_images_is_copied_to_its_place()
    {
        using DisposeScope scope = NewDisposeScope();
        var shape = new ImageShape(3, 2, 2);
        byte[] pixels = [.. Enumerable.Range(0, 5 * shape.Length).Select(i => (byte)(4 * i))];
        var source = new ImageSet("counting", "train", shape, pixels, [1, 0, 2, 1, 0], ["a", "b", "c"]);
        using TrainingData data = TrainingData.Load(source, [4, 0, 2]);

        TrainingBatch batch = Read(data, 2, 0, 1);

        float[] expected = [.. ((int[])[2, 4, 0]).SelectMany(id => pixels.Skip(id * shape.Length).Take(shape.Length)).Select(value => value / 255f)];
        Assert.Equal(expected, batch.Pixels.data<float>().ToArray());
        Assert.Equal([2L, 0, 1], batch.Labels.data<long>().ToArray());
    }

    // Takes 2.2 GiB of memory for a second.
    [Fact]
    public void Images_of_more_than_two_gibibytes_together_are_read()
    {
        using DisposeScope scope = NewDisposeScope();
        using TrainingData data = TrainingData.Load(new MarkedImages());
        foreach (int id in (int[])[0, 127, 128, MarkedImages.Number - 1])
        {
            using DisposeScope each = NewDisposeScope();
            TrainingBatch batch = Read(data, id);
            Assert.Equal(id / 255f, batch.Pixels[0, 0, 0, 0].item<float>());
            Assert.Equal(id % 2, batch.Labels[0].item<long>());
        }
    }

    private static TrainingBatch Read(TrainingData data, params long[] ids)
    {
        using var random = new TrainingRandom(0, 0, 0);
        return data.Batch(ids, new Augmentation(), random, CPU);
    }

    /// <summary>Black images of 16 MiB that begin with their id.</summary>
    private sealed class MarkedImages : IImageSource
    {
        public const int Number = 130;

        // One for all: an image is copied before the next is read.
        private readonly byte[] _pixels = new byte[4096 * 4096];

        public string Name => "marked";

        public string? Split => "train";

        public ImageShape Shape => new(1, 4096, 4096);

        public int Count => Number;

        public IReadOnlyList<string> ClassNames => ["even", "odd"];

        public string PixelSha256 => "";

        public LabeledImage Read(int id)
        {
            _pixels[0] = (byte)id;
            return new LabeledImage(id, id % 2, Shape, _pixels);
        }
    }
}
