namespace CertiPure.Onnx.Graph;

/// <content>The operators that networks are made of.</content>
public sealed partial class GraphBuilder
{
    /// <summary>Adds two tensors, broadcast as NumPy does.</summary>
    public GraphValue Add(GraphValue left, GraphValue right) => Elementwise("Add", left, right);

    /// <summary>Subtracts two tensors, broadcast as NumPy does.</summary>
    public GraphValue Subtract(GraphValue left, GraphValue right) => Elementwise("Sub", left, right);

    /// <summary>Multiplies two tensors, broadcast as NumPy does.</summary>
    public GraphValue Multiply(GraphValue left, GraphValue right) => Elementwise("Mul", left, right);

    /// <summary>Multiplies by a number; by 1 it is the tensor itself.</summary>
    public GraphValue Multiply(GraphValue value, double factor) => factor == 1 ? value : Multiply(value, Constant(factor));

    /// <summary>max(x, 0).</summary>
    public GraphValue Relu(GraphValue value) => Unary("Relu", value);

    /// <summary>x sigmoid(x).</summary>
    public GraphValue Silu(GraphValue value) => Multiply(value, Unary("Sigmoid", value));

    /// <summary>x Phi(x), by the error function.</summary>
    public GraphValue Gelu(GraphValue value)
    {
        GraphValue error = Unary("Erf", Elementwise("Div", value, Constant(Math.Sqrt(2))));
        return Multiply(Multiply(value, Add(error, Constant(1))), 0.5);
    }

    /// <summary>Limits values to a range.</summary>
    public GraphValue Clip(GraphValue value, double least, double most)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Add("Clip", value.Shape, [value, Constant(least), Constant(most)]);
    }

    /// <summary>Softmax over the last dimension.</summary>
    public GraphValue Softmax(GraphValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Add("Softmax", value.Shape, [value], Attribute("axis", -1L));
    }

    /// <summary>A two-dimensional convolution.</summary>
    /// <param name="images"><c>[N,in,H,W]</c>.</param>
    /// <param name="weight">A constant <c>[out,in/groups,k,l]</c>.</param>
    /// <param name="bias">A constant <c>[out]</c>, or null.</param>
    /// <param name="stride">The step, the same both ways.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">The distance of the kernel's pixels.</param>
    /// <param name="groups">Groups of channels.</param>
    public GraphValue Convolve(
        GraphValue images, GraphValue weight, GraphValue? bias = null, long stride = 1, long padding = 0, long dilation = 1, long groups = 1)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(weight);
        long Side(int axis) => ((images.Shape[axis] + (2 * padding) - (dilation * (weight.Shape[axis] - 1)) - 1) / stride) + 1;
        return Add(
            "Conv",
            [images.Shape[0], weight.Shape[0], Side(2), Side(3)],
            bias is null ? [images, weight] : [images, weight, bias],
            Attribute("kernel_shape", weight.Shape[2], weight.Shape[3]),
            Attribute("strides", stride, stride),
            Attribute("pads", padding, padding, padding, padding),
            Attribute("dilations", dilation, dilation),
            Attribute("group", groups));
    }

    /// <summary>A fully connected layer over the last dimension.</summary>
    /// <param name="value"><c>[N,in]</c> or <c>[N,...,in]</c>.</param>
    /// <param name="weight">A constant: <c>[out,in]</c> in C order.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="bias">A constant <c>[out]</c>, or null.</param>
    public GraphValue Linear(GraphValue value, ReadOnlySpan<float> weight, int outputs, GraphValue? bias = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        int inputs = (int)value.Shape[^1];
        if (value.Shape.Count == 2)
        {
            GraphValue matrix = Constant(weight, outputs, inputs);
            return Add("Gemm", [value.Shape[0], outputs], bias is null ? [value, matrix] : [value, matrix, bias], Attribute("transB", 1));
        }

        var transposed = new float[weight.Length];
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                transposed[(input * outputs) + output] = weight[(output * inputs) + input];
            }
        }

        GraphValue product = AddNamed(LinearName, "MatMul", [.. value.Shape.SkipLast(1), outputs], [value, Constant(transposed, inputs, outputs)]);
        return bias is null ? product : Add(product, bias);
    }

    /// <summary>A product of matrices: the last two dimensions, the others broadcast.</summary>
    public GraphValue Product(GraphValue left, GraphValue right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Add("MatMul", [.. Broadcast([.. left.Shape.SkipLast(2)], [.. right.Shape.SkipLast(2)]), left.Shape[^2], right.Shape[^1]], [left, right]);
    }

    /// <summary>Group normalisation without scale and shift (Wu and He 2018), as instance normalisation of the groups.</summary>
    /// <param name="value"><c>[N,C,H,W]</c>.</param>
    /// <param name="groups">A divisor of C.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public GraphValue NormalizeGroups(GraphValue value, long groups, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(value);
        GraphValue grouped = Reshape(value, groups, value.Shape.Skip(1).Aggregate(1L, (product, size) => product * size) / groups);
        float[] ones = new float[groups];
        Array.Fill(ones, 1);
        GraphValue normalized = Add(
            "InstanceNormalization",
            grouped.Shape,
            [grouped, Constant(ones, groups), Constant(new float[groups], groups)],
            Attribute("epsilon", epsilon));
        return Reshape(normalized, [.. value.Shape.Skip(1)]);
    }

    /// <summary>Layer normalisation over the last dimension.</summary>
    /// <param name="value"><c>[N,...,C]</c>.</param>
    /// <param name="scale">A constant <c>[C]</c>.</param>
    /// <param name="shift">A constant <c>[C]</c>.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public GraphValue NormalizeLayer(GraphValue value, GraphValue scale, GraphValue shift, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Add("LayerNormalization", value.Shape, [value, scale, shift], Attribute("axis", -1L), Attribute("epsilon", epsilon));
    }

    /// <summary>The mean of each channel, <c>[N,C,H,W]</c> to <c>[N,C]</c>.</summary>
    public GraphValue MeanOfPixels(GraphValue images)
    {
        ArgumentNullException.ThrowIfNull(images);
        GraphValue mean = Add("GlobalAveragePool", [.. images.Shape.Take(2), 1, 1], [images]);
        return Reshape(mean, images.Shape[1]);
    }

    /// <summary>The mean of squares of pixels that touch.</summary>
    public GraphValue AveragePool(GraphValue images, long side) => Pool("AveragePool", images, side, side, 0);

    /// <summary>The largest of squares of pixels.</summary>
    public GraphValue MaxPool(GraphValue images, long side, long stride, long padding) => Pool("MaxPool", images, side, stride, padding);

    /// <summary>Other dimensions for the same values of each image.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="shape">The dimensions after the first, which stays.</param>
    public GraphValue Reshape(GraphValue value, params long[] shape)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Add("Reshape", [value.Shape[0], .. shape], [value, Indices([Kept, .. shape])]);
    }

    /// <summary>The dimensions in another order.</summary>
    /// <param name="value">The tensor.</param>
    /// <param name="order">For each new dimension the old one.</param>
    public GraphValue Transpose(GraphValue value, params int[] order)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Add(
            "Transpose",
            [.. order.Select(axis => value.Shape[axis])],
            [value],
            Attribute("perm", [.. order.Select(axis => (long)axis)]));
    }

    /// <summary>Tensors behind one another along a dimension.</summary>
    public GraphValue Concat(int axis, params GraphValue[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        long[] shape = [.. values[0].Shape];
        shape[axis] = values.Sum(value => value.Shape[axis]);
        return Add("Concat", shape, values, Attribute("axis", (long)axis));
    }

    /// <summary>Every step-th entry of a dimension, from one to before another.</summary>
    public GraphValue Slice(GraphValue value, int axis, long start, long end, long step = 1)
    {
        ArgumentNullException.ThrowIfNull(value);
        long[] shape = [.. value.Shape];
        shape[axis] = (end - start + step - 1) / step;
        return Add("Slice", shape, [value, Indices(start), Indices(end), Indices(axis), Indices(step)]);
    }

    /// <summary>One entry of a dimension, which is left out.</summary>
    public GraphValue Select(GraphValue value, int axis, long index)
    {
        GraphValue slice = Slice(value, axis, index, index + 1);
        return Reshape(slice, [.. slice.Shape.Skip(1).Where((_, position) => position + 1 != axis)]);
    }

    /// <summary>Zeros before and after the entries of a dimension.</summary>
    public GraphValue Pad(GraphValue value, int axis, long before, long after)
    {
        ArgumentNullException.ThrowIfNull(value);
        long[] shape = [.. value.Shape];
        shape[axis] += before + after;
        var margins = new long[2 * shape.Length];
        (margins[axis], margins[axis + shape.Length]) = (before, after);
        return Add("Pad", shape, [value, Indices(margins)]);
    }

    /// <summary>A constant as the first entry of a dimension of each image.</summary>
    /// <param name="constant"><c>[...]</c>, the dimensions of one entry.</param>
    /// <param name="value"><c>[N,M,...]</c>.</param>
    public GraphValue Prepend(GraphValue constant, GraphValue value)
    {
        ArgumentNullException.ThrowIfNull(constant);
        // One entry of zeros for each image, to which the constant is added: the number of images stays open.
        GraphValue zeros = Multiply(Slice(value, 1, 0, 1), 0);
        return Concat(1, Add(zeros, constant), value);
    }

    /// <summary>Squares of pixels folded into channels, <c>[N,C,H,W]</c> to <c>[N,C*side*side,H/side,W/side]</c>.</summary>
    public GraphValue PixelUnshuffle(GraphValue images, long side)
    {
        ArgumentNullException.ThrowIfNull(images);
        (long channels, long height, long width) = (images.Shape[1], images.Shape[2] / side, images.Shape[3] / side);
        GraphValue squares = Transpose(Reshape(images, channels, height, side, width, side), 0, 1, 3, 5, 2, 4);
        return Reshape(squares, channels * side * side, height, width);
    }

    /// <summary>The inverse of <see cref="PixelUnshuffle"/>.</summary>
    public GraphValue PixelShuffle(GraphValue images, long side)
    {
        ArgumentNullException.ThrowIfNull(images);
        (long channels, long height, long width) = (images.Shape[1] / (side * side), images.Shape[2], images.Shape[3]);
        GraphValue squares = Transpose(Reshape(images, channels, side, side, height, width), 0, 1, 4, 2, 5, 3);
        return Reshape(squares, channels, height * side, width * side);
    }

    /// <summary>Every pixel repeated as a square of 2x2, <c>[N,C,H,W]</c> to <c>[N,C,2H,2W]</c>.</summary>
    public GraphValue Repeat2(GraphValue images)
    {
        ArgumentNullException.ThrowIfNull(images);
        (long channels, long height, long width) = (images.Shape[1], images.Shape[2], images.Shape[3]);
        GraphValue spread = Reshape(images, channels, height, 1, width, 1);
        GraphValue repeated = Add("Expand", [images.Shape[0], channels, height, 2, width, 2], [spread, Indices(1, 1, 1, 2, 1, 2)]);
        return Reshape(repeated, channels, 2 * height, 2 * width);
    }

    /// <summary>Resizes or filters images by a matrix each for rows and columns.</summary>
    /// <param name="images"><c>[N,C,H,W]</c>.</param>
    /// <param name="rows">What makes new rows from old ones, old height H.</param>
    /// <param name="columns">What makes new columns from old ones, old width W.</param>
    public GraphValue Resample(GraphValue images, ResamplingMatrix rows, ResamplingMatrix columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        GraphValue wide = Product(images, Constant(columns.Transposed(), columns.Inputs, columns.Outputs));
        return Product(Constant(rows.Values, rows.Outputs, rows.Inputs), wide);
    }

    private GraphValue Pool(string type, GraphValue images, long side, long stride, long padding)
    {
        ArgumentNullException.ThrowIfNull(images);
        long Size(int axis) => ((images.Shape[axis] + (2 * padding) - side) / stride) + 1;
        return Add(
            type,
            [images.Shape[0], images.Shape[1], Size(2), Size(3)],
            [images],
            Attribute("kernel_shape", side, side),
            Attribute("strides", stride, stride),
            Attribute("pads", padding, padding, padding, padding));
    }

    private GraphValue Unary(string type, GraphValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Add(type, value.Shape, [value]);
    }

    private GraphValue Elementwise(string type, GraphValue left, GraphValue right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return Add(type, Broadcast(left.Shape, right.Shape), [left, right]);
    }

    private static long[] Broadcast(IReadOnlyList<long> left, IReadOnlyList<long> right)
    {
        int rank = Math.Max(left.Count, right.Count);
        var shape = new long[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            long own = Size(left, axis), other = Size(right, axis);
            shape[axis] = own == other || other == 1 ? own
                : own == 1 ? other
                : throw new ArgumentException($"[{string.Join(',', left)}] and [{string.Join(',', right)}] do not fit each other.", nameof(right));
        }

        return shape;

        long Size(IReadOnlyList<long> sizes, int axis) => axis < rank - sizes.Count ? 1 : sizes[axis - rank + sizes.Count];
    }
}
