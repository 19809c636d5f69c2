using System.Diagnostics;

namespace CertiPure.Torch.Training.Losses;

/// <summary>Means over the steps since it was made.</summary>
internal sealed class RunningMeans
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private double _loss;
    private double _gradientNorm;
    private long _steps;
    private long _images;

    public double Loss => _loss / _steps;

    public double GradientNorm => _gradientNorm / _steps;

    public double ImagesPerSecond => _images / _clock.Elapsed.TotalSeconds;

    public void Add(double loss, double gradientNorm, int images)
    {
        _loss += loss;
        _gradientNorm += gradientNorm;
        _steps++;
        _images += images;
    }
}
