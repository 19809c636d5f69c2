using CertiPure.Imaging;
using CertiPure.Torch.Training.Data;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>
/// A picture of what a purifier in training does: the same few images with the same noise each time, noisy and purified at
/// sigma .25, .5 and 1. The weights are the running ones, not yet averaged.
/// </summary>
internal sealed class SampleGrid
{
    private const int Columns = 8;
    private const double Growth = 1.25;
    private static readonly double[] Sigmas = [0.25, 0.5, 1];

    private readonly Denoise _purifier;
    private readonly TrainingData _data;
    private readonly Device _device;
    private readonly string _folder;
    private long _lastStep;

    /// <summary>Prepares the grids.</summary>
    /// <param name="purifier">The purifier.</param>
    /// <param name="data">Whose first images are shown.</param>
    /// <param name="device">The purifier's device.</param>
    /// <param name="folder">Where <c>samples-STEP.png</c> go.</param>
    public SampleGrid(Denoise purifier, TrainingData data, Device device, string folder)
    {
        _purifier = purifier;
        _data = data;
        _device = device;
        _folder = folder;
    }

    /// <summary>Writes a grid, unless the last one is nearly as far: a long run leaves a few dozen.</summary>
    /// <param name="step">Optimizer steps done.</param>
    public void Write(long step)
    {
        if (step < _lastStep * Growth)
        {
            return;
        }

        _lastStep = step;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var random = new TrainingRandom(seed: 0, step: 0, microBatch: 0, _device);
        long[] ids = [.. Enumerable.Range(0, Math.Min(Columns, _data.Count)).Select(id => (long)id)];
        Tensor clean = _data.Batch(ids, new Augmentation(), random, _device).NetworkSpace;
        var rows = new List<GridRow>();
        foreach (double sigma in Sigmas)
        {
            Tensor noisy = clean + (2 * sigma * random.Normal(clean.shape));
            Tensor level = full([clean.shape[0]], 2 * sigma, device: _device);
            rows.Add(Row($"noisy, sigma {sigma}", noisy));
            rows.Add(Row("purified", _purifier(noisy, level)));
        }

        rows.Add(Row("clean", clean));
        File.WriteAllBytes(
            Path.Combine(_folder, FormattableString.Invariant($"samples-{step:D7}.png")), new ImageGrid(rows).ToPng());
    }

    private GridRow Row(string label, Tensor images)
    {
        float[] pixels = ((images + 1) / 2).cpu().contiguous().data<float>().ToArray();
        int length = _data.Shape.Length;
        return new GridRow(label,
        [
            .. Enumerable.Range(0, pixels.Length / length).Select(i => new GridTile(_data.Shape, pixels.AsMemory(i * length, length))),
        ]);
    }
}
