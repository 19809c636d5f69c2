using CertiPure.Images;

namespace CertiPure.Tests.Smoothing;

/// <summary>A linear classifier of small images in plain C#: the scores are weights times pixels.</summary>
internal sealed class TinyClassifier : IClassifier
{
    private readonly float[] _weights;

    internal TinyClassifier(ImageShape shape, int classCount, int seed = 1)
    {
        var random = new Random(seed);
        Shape = shape;
        ClassCount = classCount;
        _weights = [.. Enumerable.Range(0, shape.Length * classCount).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    public ImageShape Shape { get; }

    public int ClassCount { get; }

    public float[] Logits(ImageBatch images)
    {
        float[] logits = new float[images.Count * ClassCount];
        for (int n = 0; n < images.Count; n++)
        {
            ReadOnlySpan<float> image = images[n];
            for (int k = 0; k < ClassCount; k++)
            {
                ReadOnlySpan<float> weights = _weights.AsSpan(k * image.Length, image.Length);
                float score = 0;
                for (int i = 0; i < image.Length; i++)
                {
                    score += weights[i] * image[i];
                }

                logits[(n * ClassCount) + k] = score;
            }
        }

        return logits;
    }

    internal static LabeledImage Image(ImageShape shape, int id)
    {
        var random = new Random(1000 + id);
        byte[] bytes = new byte[shape.Length];
        random.NextBytes(bytes);
        return new LabeledImage(id, id % 3, shape, bytes);
    }
}
