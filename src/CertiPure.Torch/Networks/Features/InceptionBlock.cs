using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Features;

/// <summary>An Inception block: branches side by side, their outputs joined by channel. The letters are those of
/// torchvision's code.</summary>
internal sealed class InceptionBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<Func<Tensor, Tensor>> _branches = [];

    private InceptionBlock()
        : base(nameof(InceptionBlock))
    {
    }

    /// <summary>3x3 average that leaves padding out of the count.</summary>
    public static Tensor Average(Tensor x) =>
        nn.functional.avg_pool2d(x, 3, stride: 1, padding: 1, count_include_pad: false);

    /// <summary>3x3 maximum at the same resolution.</summary>
    public static Tensor Maximum(Tensor x) => nn.functional.max_pool2d(x, 3, stride: 1, padding: 1);

    /// <summary>3x3 maximum at half the resolution.</summary>
    public static Tensor ReducingMaximum(Tensor x) => nn.functional.max_pool2d(x, 3, stride: 2);

    /// <summary>The block at 35x35.</summary>
    public static InceptionBlock A(int inputs, int poolOutputs)
    {
        var block = new InceptionBlock();
        block.Branch(("branch1x1", new(inputs, 64, 1)));
        block.Branch(("branch5x5_1", new(inputs, 48, 1)), ("branch5x5_2", new(48, 64, 5, padding: 2)));
        block.Branch(
            ("branch3x3dbl_1", new(inputs, 64, 1)),
            ("branch3x3dbl_2", new(64, 96, 3, padding: 1)),
            ("branch3x3dbl_3", new(96, 96, 3, padding: 1)));
        block.Pooled(Average, inputs, poolOutputs);
        return block;
    }

    /// <summary>The block from 35x35 to 17x17.</summary>
    public static InceptionBlock B(int inputs)
    {
        var block = new InceptionBlock();
        block.Branch(("branch3x3", new(inputs, 384, 3, stride: 2)));
        block.Branch(
            ("branch3x3dbl_1", new(inputs, 64, 1)),
            ("branch3x3dbl_2", new(64, 96, 3, padding: 1)),
            ("branch3x3dbl_3", new(96, 96, 3, stride: 2)));
        block._branches.Add(ReducingMaximum);
        return block;
    }

    /// <summary>The block at 17x17.</summary>
    public static InceptionBlock C(int inputs, int width)
    {
        var block = new InceptionBlock();
        block.Branch(("branch1x1", new(inputs, 192, 1)));
        block.Branch(
            ("branch7x7_1", new(inputs, width, 1)), ("branch7x7_2", Row(width, width, 7)), ("branch7x7_3", Column(width, 192, 7)));
        block.Branch(
            ("branch7x7dbl_1", new(inputs, width, 1)),
            ("branch7x7dbl_2", Column(width, width, 7)),
            ("branch7x7dbl_3", Row(width, width, 7)),
            ("branch7x7dbl_4", Column(width, width, 7)),
            ("branch7x7dbl_5", Row(width, 192, 7)));
        block.Pooled(Average, inputs, 192);
        return block;
    }

    /// <summary>The block from 17x17 to 8x8.</summary>
    public static InceptionBlock D(int inputs)
    {
        var block = new InceptionBlock();
        block.Branch(("branch3x3_1", new(inputs, 192, 1)), ("branch3x3_2", new(192, 320, 3, stride: 2)));
        block.Branch(
            ("branch7x7x3_1", new(inputs, 192, 1)),
            ("branch7x7x3_2", Row(192, 192, 7)),
            ("branch7x7x3_3", Column(192, 192, 7)),
            ("branch7x7x3_4", new(192, 192, 3, stride: 2)));
        block._branches.Add(ReducingMaximum);
        return block;
    }

    /// <summary>The block at 8x8, whose 3x3 branches end in a row and a column side by side.</summary>
    public static InceptionBlock E(int inputs, Func<Tensor, Tensor> pool)
    {
        var block = new InceptionBlock();
        block.Branch(("branch1x1", new(inputs, 320, 1)));
        block.Split([("branch3x3_1", new(inputs, 384, 1))], "branch3x3_2");
        block.Split(
            [("branch3x3dbl_1", new(inputs, 448, 1)), ("branch3x3dbl_2", new(448, 384, 3, padding: 1))], "branch3x3dbl_3");
        block.Pooled(pool, inputs, 192);
        return block;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        // Without gradient this frees each activation as soon as the block is done; with gradient autograd keeps its own.
        using DisposeScope scope = NewDisposeScope();
        return cat([.. _branches.Select(branch => branch(input))], 1).MoveToOuterDisposeScope();
    }

    private void Branch(params (string Name, InceptionConvolution Layer)[] layers) => _branches.Add(InRow(layers));

    private void Pooled(Func<Tensor, Tensor> pool, int inputs, int outputs)
    {
        Func<Tensor, Tensor> projection = InRow([("branch_pool", new(inputs, outputs, 1))]);
        _branches.Add(x => projection(pool(x)));
    }

    private void Split((string Name, InceptionConvolution Layer)[] layers, string ending)
    {
        Func<Tensor, Tensor> stem = InRow(layers);
        Func<Tensor, Tensor> row = InRow([(ending + "a", Row(384, 384, 3))]);
        Func<Tensor, Tensor> column = InRow([(ending + "b", Column(384, 384, 3))]);
        _branches.Add(x =>
        {
            Tensor shared = stem(x);
            return cat([row(shared), column(shared)], 1);
        });
    }

    private Func<Tensor, Tensor> InRow((string Name, InceptionConvolution Layer)[] layers)
    {
        foreach ((string name, InceptionConvolution layer) in layers)
        {
            register_module(name, layer);
        }

        return x => layers.Aggregate(x, (h, next) => next.Layer.call(h));
    }

    private static InceptionConvolution Row(int inputs, int outputs, int length) =>
        new(inputs, outputs, (1, length), 1, (0, length / 2));

    private static InceptionConvolution Column(int inputs, int outputs, int length) =>
        new(inputs, outputs, (length, 1), 1, (length / 2, 0));
}

/// <summary>Inception's unit: convolution without bias, batch normalisation with epsilon .001, ReLU.</summary>
internal sealed class InceptionConvolution : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> conv;
    private readonly nn.Module<Tensor, Tensor> bn;

    public InceptionConvolution(int inputs, int outputs, int kernel, int stride = 1, int padding = 0)
        : this(inputs, outputs, (kernel, kernel), stride, (padding, padding))
    {
    }

    public InceptionConvolution(int inputs, int outputs, (long, long) kernel, int stride, (long, long) padding)
        : base(nameof(InceptionConvolution))
    {
        conv = nn.Conv2d(inputs, outputs, kernel, (stride, stride), padding, bias: false);
        bn = nn.BatchNorm2d(outputs, eps: 0.001);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor convolved = conv.call(input);
        using Tensor normalised = bn.call(convolved);
        return nn.functional.relu(normalised);
    }
}
