namespace CertiPure.Torch.Networks;

/// <summary>How many weights layers have. A hostile count below 0 counts as 0, so that it balances no other.</summary>
internal static class LayerWeights
{
    /// <summary>Blocks with one 3x3 convolution each that keeps the width, and perhaps a layer from an embedding to that width.</summary>
    public static double Blocks(double count, double width, double embedding = 0) =>
        AtLeastZero(count) * Math.Max(1, (9 * Dense(width, width)) + Dense(embedding, width));

    /// <summary>A matrix.</summary>
    public static double Dense(double inputs, double outputs) => AtLeastZero(inputs) * AtLeastZero(outputs);

    private static double AtLeastZero(double count) => Math.Max(0, count);
}
