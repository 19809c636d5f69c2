namespace CertiPure.Torch.Checkpoints;

/// <summary>Counting a shape's elements without overflow, and writing it as people read it.</summary>
internal static class TensorShape
{
    /// <summary>More dimensions than any network has; the limit keeps a hostile shape from costing anything.</summary>
    public const int MaxDimensions = 32;

    /// <summary>The number of elements of a shape, 1 for a scalar; false if a dimension is negative, if there are too many,
    /// or if the elements would take more than 2^63 - 1 bytes.</summary>
    public static bool TryCount(IReadOnlyList<long> shape, int elementSize, out long elements)
    {
        elements = 1;
        if (shape.Count > MaxDimensions)
        {
            return false;
        }

        // A product with a zero in it is zero whatever the order, but [2^62, 4, 0] is nobody's honest shape.
        UInt128 product = 1;
        bool empty = false;
        foreach (long dimension in shape)
        {
            if (dimension < 0)
            {
                return false;
            }

            empty |= dimension == 0;
            product *= (UInt128)Math.Max(dimension, 1);
            if (product * (UInt128)elementSize > long.MaxValue)
            {
                return false;
            }
        }

        elements = empty ? 0 : (long)product;
        return true;
    }

    /// <summary>The shape as people write it: <c>[64, 3, 3, 3]</c>.</summary>
    public static string Write(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
