using CertiPure.Images;
using CertiPure.Onnx.Graph;

namespace CertiPure.Onnx.Tests;

public sealed class GraphQuantizationTests
{
    private const int Channels = GraphQuantization.LeastChannels;
    private const int Side = 4;

    private static readonly Dictionary<string, string> NoMetadata = [];
    private static readonly int MostWeightBits = IntegerInstructions.SumIn32Bits ? 8 : 7;
    private static readonly float[] Weight = GraphOutput.Numbers(Channels * Channels, 1);
    private static readonly float[] Bias = GraphOutput.Numbers(Channels, 2);
    private static readonly float[] Images = GraphOutput.Numbers(2 * Channels * Side * Side, 3);

    [Theory]
    [InlineData(8, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(7, true)]
    public void A_convolution_in_8_bits_is_the_integer_arithmetic_that_its_levels_mean(int weightBits, bool relu)
    {
        Assert.SkipUnless(weightBits <= MostWeightBits, "This processor sums products of 8 bits in 16, which weights of 8 bits overflow.");
        var quantization = new GraphQuantization(Pointwise(relu));
        ActivationRange inputs = new(-1, 1), outputs = new(-3, 3);
        var ranges = quantization.Observed.Zip([inputs, outputs]).ToDictionary(pair => pair.First, pair => pair.Second);

        float[] computed = GraphOutput.Of(quantization.Apply(ranges, weightBits, NoMetadata), Images, 2, Channels, Side, Side);

        float[] expected = ByHand(inputs, relu ? outputs with { Minimum = 0 } : outputs, (1 << (weightBits - 1)) - 1);
        float level = (relu ? outputs with { Minimum = 0 } : outputs).Scale;
        // The kernel may round a value that lies between two levels to the other one.
        Assert.All(expected.Zip(computed), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1.01f * level));
        Assert.InRange(expected.Zip(computed).Count(pair => Math.Abs(pair.First - pair.Second) > 0.5f * level), 0, expected.Length / 100);
        Assert.True(expected.Distinct().Count() > 50);
    }

    [Fact]
    public void Layers_beside_the_image_stay_exact()
    {
        var graph = new GraphBuilder();
        GraphValue images = graph.Input("images", 3, Side, Side);
        GraphValue first = graph.Convolve(images, graph.Constant(GraphOutput.Numbers(Channels * 3, 4), Channels, 3, 1, 1));
        GraphValue last = graph.Convolve(graph.Silu(first), graph.Constant(GraphOutput.Numbers(3 * Channels, 5), 3, Channels, 1, 1));

        Assert.Empty(new GraphQuantization(graph.Build(last, "out", NoMetadata)).Observed);
    }

    [Fact]
    public void Layers_of_few_channels_stay_exact()
    {
        const int Few = Channels - 1;
        var graph = new GraphBuilder();
        GraphValue images = graph.Input("images", Few, Side, Side);
        GraphValue wide = graph.Convolve(images, graph.Constant(GraphOutput.Numbers(Channels * Few, 4), Channels, Few, 1, 1));
        GraphValue inner = graph.Convolve(graph.Silu(wide), graph.Constant(Weight, Channels, Channels, 1, 1));
        GraphValue last = graph.Convolve(graph.Silu(inner), graph.Constant(GraphOutput.Numbers(Few * Channels, 5), Few, Channels, 1, 1));

        Assert.Equal(2, new GraphQuantization(graph.Build(last, "out", NoMetadata)).Observed.Count);
    }

    [Fact]
    public void The_linear_layers_of_tokens_are_quantised_per_output()
    {
        // Weights of very different size per output: one scale for all would lose the small ones.
        const int Sizes = 16;
        float[] weight = [.. Weight.Select((value, i) => value * MathF.Pow(0.5f, i / Channels % Sizes))];
        var graph = new GraphBuilder();
        GraphValue tokens = graph.Input("tokens", Side, Channels);
        GraphModel exact = graph.Build(graph.Linear(tokens, weight, Channels, graph.Constant(Bias, Channels)), "out", NoMetadata);
        var quantization = new GraphQuantization(exact);
        Assert.Single(quantization.Observed);
        // Half as large, as the sums have four times as many terms as those of 16 channels.
        float[] values = [.. Images[..(2 * Side * Channels)].Select(value => value / 2)];

        float[] expected = GraphOutput.Of(exact, values, 2, Side, Channels);
        float[] computed = GraphOutput.Of(
            quantization.Apply(quantization.Observed.ToDictionary(name => name, _ => new ActivationRange(-0.5f, 0.5f)), MostWeightBits, NoMetadata), values, 2, Side, Channels);

        for (int i = 0; i < expected.Length; i++)
        {
            float size = MathF.Pow(0.5f, i % Channels % Sizes);
            Assert.InRange(Math.Abs(expected[i] - computed[i]), 0, 0.05f * size);
        }
    }

    [Theory]
    [InlineData(-1f, 1f)]
    [InlineData(-0.27f, 6.3f)]
    [InlineData(0.5f, 2f)]
    [InlineData(-3f, -1f)]
    [InlineData(0f, 0f)]
    public void Levels_cover_the_range_and_zero(float minimum, float maximum)
    {
        var range = new ActivationRange(minimum, maximum);
        float half = range.Scale / 2;

        // Zero itself is a level whatever the zero point; rounding it moves the ends by half a level at most.
        Assert.True((255 - range.ZeroPoint) * range.Scale >= maximum - half);
        Assert.True(-range.ZeroPoint * range.Scale <= minimum + half);
    }

    [Fact]
    public void The_last_bits_of_a_range_do_not_change_its_scale()
    {
        var range = new ActivationRange(-0.27846f, 6.3321f);

        Assert.Equal(range.Scale, new ActivationRange(range.Minimum, MathF.BitIncrement(range.Maximum)).Scale);
    }

    [Fact]
    public void Calibration_prefers_fine_levels_to_a_rare_outlier()
    {
        var graph = new GraphBuilder();
        GraphValue images = graph.Input("images", 1, 128, 128);
        GraphValue doubled = graph.Multiply(images, 2);
        GraphModel model = graph.Build(doubled, "out", NoMetadata);
        var batch = new ImageBatch(new ImageShape(1, 128, 128), GraphOutput.Numbers(64 * 128 * 128, 6));
        batch.Pixels.Span[5] = 3;

        ActivationRange range = ActivationCalibration.Measure(model, [doubled.Name], batch)[doubled.Name];

        Assert.InRange(range.Minimum, -2, -1.8f);
        Assert.InRange(range.Maximum, 1.8f, 4);
    }

    [Fact]
    public void Half_precision_keeps_three_digits()
    {
        GraphModel exact = Pointwise(relu: false);

        float[] expected = GraphOutput.Of(exact, Images, 2, Channels, Side, Side);
        float[] computed = GraphOutput.Of(exact.ToHalf(NoMetadata), Images, 2, Channels, Side, Side);

        Assert.All(expected.Zip(computed), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 5e-3f));
        Assert.NotEqual(expected, computed);
    }

    private static GraphModel Pointwise(bool relu)
    {
        var graph = new GraphBuilder();
        GraphValue images = graph.Input("images", Channels, Side, Side);
        GraphValue result = graph.Convolve(images, graph.Constant(Weight, Channels, Channels, 1, 1), graph.Constant(Bias, Channels));
        return graph.Build(relu ? graph.Relu(result) : result, "out", NoMetadata);
    }

    private static float[] ByHand(ActivationRange inputs, ActivationRange outputs, int largestWeight)
    {
        var result = new float[Images.Length];
        const int Pixels = Side * Side;
        for (int output = 0; output < Channels; output++)
        {
            ReadOnlySpan<float> row = Weight.AsSpan(output * Channels, Channels);
            float scale = row.ToArray().Max(Math.Abs) / largestWeight;
            long bias = (long)Math.Round((double)Bias[output] / (inputs.Scale * scale));
            for (int image = 0; image < 2; image++)
            {
                for (int pixel = 0; pixel < Pixels; pixel++)
                {
                    long sum = bias;
                    for (int input = 0; input < Channels; input++)
                    {
                        sum += ((long)Level(Images[(((image * Channels) + input) * Pixels) + pixel], inputs) - inputs.ZeroPoint)
                            * (long)MathF.Round(row[input] / scale);
                    }

                    float value = (float)((double)sum * inputs.Scale * scale);
                    result[(((image * Channels) + output) * Pixels) + pixel] = (Level(value, outputs) - outputs.ZeroPoint) * outputs.Scale;
                }
            }
        }

        return result;
    }

    private static int Level(float value, ActivationRange range) =>
        Math.Clamp((int)MathF.Round(value / range.Scale) + range.ZeroPoint, 0, 255);
}
