using CertiPure.Torch.Training.Data;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training;

/// <summary>Eight-pixel pictures of bars, two classes: lying and standing.</summary>
internal static class TinyData
{
    public const int Count = 40;

    public static TrainingData Create()
    {
        Tensor pixels = zeros([Count, 1, 8, 8], ScalarType.Byte);
        var labels = new long[Count];
        for (int i = 0; i < Count; i++)
        {
            labels[i] = i % 2;
            using Tensor image = pixels[i, 0];
            using Tensor bar = image.narrow(i % 2, i / 2 % 6, 2);
            bar.fill_(150 + i);
        }

        return new TrainingData(pixels, tensor(labels), classCount: 2);
    }

    /// <summary>The same pictures as 32-bit floats, one pixel of one of them not a number.</summary>
    public static TrainingData Poisoned(int id)
    {
        using TrainingData clean = Create();
        using var random = new TrainingRandom(0, 0, 0);
        TrainingBatch all = clean.Batch([.. Enumerable.Range(0, Count).Select(i => (long)i)], new Augmentation(), random, CPU);
        all.Pixels[id, 0, 3, 3] = float.NaN;
        return new TrainingData(all.Pixels.clone(), all.Labels.clone(), classCount: 2);
    }
}
