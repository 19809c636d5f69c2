using CertiPure.Recipes.Reproduce;

namespace CertiPure.Recipes.Tests.Reproduce;

public sealed class MeasurementTests
{
    [Fact]
    public void A_value_is_found_again_under_the_inputs_that_determine_it_and_under_no_others()
    {
        string folder = Directory.CreateTempSubdirectory("certipure-measurement-").FullName;
        string path = Path.Combine(folder, "below", "speed.json");
        Assert.Null(Measurement.Find<NetworkSpeed>(path, "a"));
        Measurement.Write(path, "a", new NetworkSpeed("n", 5, 1.5));
        Assert.Equal(new NetworkSpeed("n", 5, 1.5), Measurement.Find<NetworkSpeed>(path, "a"));
        Assert.Null(Measurement.Find<NetworkSpeed>(path, "b"));
        File.WriteAllText(path, File.ReadAllText(path)[..20]);
        Assert.Null(Measurement.Find<NetworkSpeed>(path, "a"));
        Directory.Delete(folder, recursive: true);
    }
}
