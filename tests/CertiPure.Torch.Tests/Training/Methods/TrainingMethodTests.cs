using System.Globalization;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training.Methods;

/// <summary>
/// Every training method lowers what it optimises, on images that it was not trained on, and changes nothing but the network that
/// it trains; and the same measurement tells where that network stands in its teacher's place. That every network is told the level
/// of its noise is <see cref="LevelTests"/>, and that no gradient flows through a target <see cref="TargetGradientTests"/>.
/// </summary>
[Collection(nameof(AloneTests))]
public sealed class TrainingMethodTests : IDisposable
{
    // What a method leaves of its starting point, at most. One with a mistake leaves more.
    private const double Left = 0.9;
    private static readonly Lazy<MethodBench> Quick = new(MethodBench.OfBars);
    private static readonly Lazy<MethodBench> Long = new(MethodBench.OfFashionMnist);

    private readonly int _threads = get_num_threads();

    // Small networks gain nothing by threads, and the same numbers come out everywhere.
    public TrainingMethodTests() => set_num_threads(1);

    public static TheoryData<string> Names => [.. TrainingMethod.Names];

    public static TheoryData<string> WithTeacher => [.. TrainingMethod.WithTeacher];

    public void Dispose() => set_num_threads(_threads);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_method_beats_its_starting_point(string name) => Beats(Quick.Value, name);

    [Theory]
    [MemberData(nameof(WithTeacher))]
    public void A_student_in_its_teachers_place_shows(string name) => Fails(Quick.Value, name);

    [Fact]
    public void A_selector_that_learns_the_opposite_rule_shows() => Fails(Quick.Value, "selection");

    [Theory]
    [Trait("group", "long")]
    [MemberData(nameof(Names))]
    public void A_method_beats_its_starting_point_on_real_images(string name) => Beats(Long.Value, name);

    [Theory]
    [Trait("group", "long")]
    [MemberData(nameof(WithTeacher))]
    public void A_student_in_its_teachers_place_shows_on_real_images(string name) => Fails(Long.Value, name);

    private static void Beats(MethodBench bench, string name)
    {
        var method = TrainingMethod.On(bench, name);
        double[][] companions = [.. method.Companions.Select(Numbers)];
        (double before, double after) = Train(bench, method);
        Assert.True(after <= Left * before, Told(name, before, after));
        Assert.Equal(companions, method.Companions.Select(Numbers));
    }

    private static void Fails(MethodBench bench, string name)
    {
        (double before, double after) = Train(bench, TrainingMethod.On(bench, name, swapped: true));
        Assert.False(after <= Left * before, Told(name, before, after));
    }

    private static (double Before, double After) Train(MethodBench bench, TrainingMethod method)
    {
        double before = bench.HeldOut(method.Network, method.Quantity);
        bench.Train(method.Network, method.Training, 2 * bench.Steps);
        double after = bench.HeldOut(method.Network, method.Quantity);
        TestContext.Current.TestOutputHelper?.WriteLine(Told("the method", before, after));
        return (before, after);
    }

    private static double[] Numbers(nn.Module network) =>
        [.. network.parameters().Select(parameter => parameter.sum().item<float>() + (double)parameter.norm().item<float>())];

    private static string Told(string name, double before, double after) => string.Create(
        CultureInfo.InvariantCulture, $"{name}: {before:G4} before, {after:G4} after, {after / before:P0} left.");
}
