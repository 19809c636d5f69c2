using System.Text.RegularExpressions;
using CertiPure.Images;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Metrics;
using CertiPure.Torch.Purifiers;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>LPIPS on formula weights, with the published heads.</summary>
internal sealed partial class LpipsFixture : IFixtureCheck
{
    public bool Recognises(Fixture fixture) => Network().IsMatch(fixture.Reference);

    public IEnumerable<FixtureComparison> Compare(Fixture fixture)
    {
        string name = Network().Match(fixture.Reference).Groups[1].Value;
        using Checkpoint slices = fixture.Weights();

        // The reference cuts the backbone's features into slices and keeps their numbers: slice2.3 is features.3.
        using var weights = new Checkpoint(
            slices.Tensors.Select(tensor => tensor.Rename(Slice().Replace(tensor.Name, "features."))));
        using Checkpoint heads = TestData.LpipsHeads(name);
        using Lpips lpips = Lpips.Load(name, weights, heads);
        yield return FixtureComparison.Of(fixture, "distance", lpips.Distance(fixture["a"], fixture["b"]));

        // The way of certipure metrics lpips, whose images are batches in pixel space.
        LpipsMeasurement measured = LpipsMeasurement.Of(lpips, name, [Pixels(fixture["a"])], [Pixels(fixture["b"])]);
        yield return FixtureComparison.Of(
            fixture, "distance", tensor(measured.Distances.Select(distance => (float)distance).ToArray()).reshape(fixture["distance"].shape));
    }

    private static ImageBatch Pixels(Tensor images) => new(
        new ImageShape((int)images.shape[1], (int)images.shape[2], (int)images.shape[3]),
        NetworkSpace.ToPixels(images).contiguous().data<float>().ToArray());

    [GeneratedRegex(@"LPIPS\(net=(alex|vgg|squeeze)")]
    private static partial Regex Network();

    [GeneratedRegex(@"^slice\d+\.")]
    private static partial Regex Slice();
}
