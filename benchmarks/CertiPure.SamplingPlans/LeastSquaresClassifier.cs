using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CertiPure.Images;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Catalog.Forms;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace CertiPure.SamplingPlans;

/// <summary>The linear classifier with the least expected squared error on noisy training images: (X'X/n + sigma^2 I) W = X'Y/n for
/// centred X and one-hot Y. Its draws cost next to nothing, and as it expects the noise its votes are as divided as those of a
/// classifier made for certification.</summary>
internal sealed class LeastSquaresClassifier : IClassifier
{
    private readonly float[] _weights;
    private readonly float[] _offsets;

    private LeastSquaresClassifier(ImageShape shape, float[] weights, float[] offsets) =>
        (Shape, _weights, _offsets) = (shape, weights, offsets);

    /// <inheritdoc/>
    public ImageShape Shape { get; }

    /// <inheritdoc/>
    public int ClassCount => _offsets.Length;

    /// <summary>Solves for the weights on Fashion-MNIST's training images.</summary>
    internal static async Task<BaseModel> LoadAsync(ModelRequest request)
    {
        IImageSource images = await DataSets
            .OpenAsync("fashion-mnist", new PictureOptions { Split = "train" }, DataLocations.Of(null), Console.Error.WriteLine, default).ConfigureAwait(false);
        LibTorch.Load();
        LibTorch.Threads = request.Threads ?? LibTorch.Threads;
        LeastSquaresClassifier classifier = Solve(images, request.Sigma);
        var smoothed = new PurifiedClassifier(null, classifier, request.Sigma, request.BatchSize);
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            MemoryMarshal.AsBytes<float>([.. classifier._weights, .. classifier._offsets])));
        return new BaseModel(
            smoothed,
            null,
            classifier,
            new PurifierIdentity("none", null, Clamp: false, NetworkCalls: 0),
            new ClassifierIdentity("linear", classifier.ClassCount),
            Precision.Fp32,
            new Dictionary<string, string> { ["classifier"] = hash },
            WorkerPlan.Choose(null, null, ComputeDevice.Processor),
            null);
    }

    /// <inheritdoc/>
    public float[] Logits(ImageBatch images)
    {
        float[] logits = new float[images.Count * ClassCount];
        for (int i = 0; i < images.Count; i++)
        {
            for (int c = 0; c < ClassCount; c++)
            {
                ReadOnlySpan<float> row = _weights.AsSpan(c * Shape.Length, Shape.Length);
                logits[(i * ClassCount) + c] = TensorPrimitives.Dot(row, images[i]) + _offsets[c];
            }
        }

        return logits;
    }

    private static LeastSquaresClassifier Solve(IImageSource images, double sigma)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] pixels = new float[images.Count * images.Shape.Length];
        long[] labels = new long[images.Count];
        for (int i = 0; i < images.Count; i++)
        {
            LabeledImage image = images.Read(i);
            image.CopyPixels(pixels.AsSpan(i * images.Shape.Length, images.Shape.Length));
            labels[i] = image.Label!.Value;
        }

        Tensor x = tensor(pixels, [images.Count, images.Shape.Length]);
        Tensor y = nn.functional.one_hot(tensor(labels), images.ClassNames.Count).to(ScalarType.Float32);
        Tensor mean = x.mean([0]);
        Tensor shares = y.mean([0]);
        Tensor centred = x - mean;
        Tensor covariance = (centred.t().matmul(centred) / images.Count).to(ScalarType.Float64);
        Tensor target = (centred.t().matmul(y - shares) / images.Count).to(ScalarType.Float64);
        Tensor noise = eye(images.Shape.Length, dtype: ScalarType.Float64) * (sigma * sigma);
        Tensor weights = linalg.solve(covariance + noise, target).t().to(ScalarType.Float32).contiguous();
        Tensor offsets = shares - weights.matmul(mean);
        return new LeastSquaresClassifier(images.Shape, [.. weights.data<float>()], [.. offsets.data<float>()]);
    }
}
