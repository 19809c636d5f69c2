using System.Numerics.Tensors;
using CertiPure.Images;

namespace CertiPure.Server.Tests.Fakes;

/// <summary>Gives an image the class of the nearest of ten real images.</summary>
public sealed class TemplateClassifier : IClassifier
{
    private readonly float[][] _templates;

    public TemplateClassifier(FashionImages images) =>
        _templates = [.. Enumerable.Range(0, images.Count).Select(id => images.Read(id).ToPixels())];

    public ImageShape Shape { get; } = new(1, 28, 28);

    public int ClassCount => _templates.Length;

    public float[] Logits(ImageBatch images)
    {
        var logits = new float[images.Count * ClassCount];
        for (int i = 0; i < images.Count; i++)
        {
            for (int label = 0; label < ClassCount; label++)
            {
                logits[(i * ClassCount) + label] = -TensorPrimitives.Distance<float>(images[i], _templates[label]);
            }
        }

        return logits;
    }
}
