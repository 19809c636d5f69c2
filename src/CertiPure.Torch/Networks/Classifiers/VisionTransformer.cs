using System.Globalization;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Backend;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The vision transformer (Dosovitskiy et al. 2021) as an image classifier, in Hugging Face's parameter names. The
/// paper's classifier is its ViT-B/16, fine-tuned on CIFAR-10.</summary>
public sealed class VisionTransformer : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
{
    // The standard deviation of fresh weights in the published code.
    private const double InitializerRange = 0.02;

    private readonly long[] _size;
    private readonly Encoder vit;
    private readonly nn.Module<Tensor, Tensor> classifier;

    /// <summary>Makes the network.</summary>
    /// <param name="options">Its shape.</param>
    public VisionTransformer(VisionTransformerOptions options)
        : base(nameof(VisionTransformer))
    {
        ArgumentNullException.ThrowIfNull(options);
        _size = [options.ImageSize, options.ImageSize];
        vit = new Encoder(options);
        classifier = nn.Linear(options.HiddenSize, options.NumLabels);
        RegisterComponents();
    }

    /// <summary>The entry in the list of architectures.</summary>
    public static Architecture Architecture { get; } = Architecture.Of<VisionTransformerOptions>(
        nameof(VisionTransformer), options => new VisionTransformer(options)) with
    {
        Import = (checkpoint, _) => VisionTransformerNames.Import(checkpoint),
    };

    /// <inheritdoc/>
    public void DrawWeights(Generator generator) => StandardWeights.Draw(this, generator, _ => InitializerRange);

    /// <summary>Computes logits.</summary>
    /// <param name="input"><c>[N,3,H,W]</c> in [-1,1]; images of another size than the network's are resized bilinearly.</param>
    /// <returns><c>[N,labels]</c>.</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor resized = input.shape[2] == _size[0] && input.shape[3] == _size[1]
            ? input
            : nn.functional.interpolate(input, _size, mode: InterpolationMode.Bilinear, align_corners: false);
        return classifier.call(vit.call(resized).select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>Patches to tokens, through all layers, to normalised tokens.</summary>
    /// <inheritdoc/>
    public GraphValue Write(GraphBuilder graph, GraphValue input)
    {
        ArgumentNullException.ThrowIfNull(graph);
        GraphValue resized = input.Shape[2] == _size[0] && input.Shape[3] == _size[1]
            ? input
            : graph.Resample(
                input, ResamplingMatrix.Bilinear(input.Shape[2], _size[0]), ResamplingMatrix.Bilinear(input.Shape[3], _size[1]));
        return graph.Write(classifier, graph.Select(vit.Write(graph, resized), 1, 0));
    }

    private sealed class Encoder : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly Embeddings embeddings;
        private readonly LayerStack encoder;
        private readonly nn.Module<Tensor, Tensor> layernorm;

        public Encoder(VisionTransformerOptions options)
            : base(nameof(Encoder))
        {
            embeddings = new Embeddings(options);
            encoder = new LayerStack(options);
            layernorm = nn.LayerNorm(options.HiddenSize, options.LayerNormEps);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using Tensor tokens = embeddings.call(input);
            using Tensor encoded = encoder.call(tokens);
            return layernorm.call(encoded);
        }

        public GraphValue Write(GraphBuilder graph, GraphValue input) =>
            graph.Write(layernorm, encoder.Write(graph, embeddings.Write(graph, input)));
    }

    /// <summary>A token for each patch, behind one for the class, each with its position added.</summary>
    private sealed class Embeddings : nn.Module<Tensor, Tensor>, IFreshWeights, IGraphLayer
    {
        private readonly Parameter cls_token;
        private readonly Parameter position_embeddings;
        private readonly PatchEmbeddings patch_embeddings;

        public Embeddings(VisionTransformerOptions options)
            : base(nameof(Embeddings))
        {
            long patches = (long)options.ImageSize / options.PatchSize * (options.ImageSize / options.PatchSize);
            cls_token = nn.Parameter(zeros(1, 1, options.HiddenSize));
            position_embeddings = nn.Parameter(zeros(1, patches + 1, options.HiddenSize));
            patch_embeddings = new PatchEmbeddings(options);
            RegisterComponents();
        }

        public void DrawWeights(Generator generator)
        {
            cls_token.zero_();
            position_embeddings.copy_(RandomTensors.Normal(position_embeddings.shape, generator) * InitializerRange);
        }

        public override Tensor forward(Tensor input) =>
            cat([cls_token.expand(input.shape[0], -1, -1), patch_embeddings.call(input)], 1) + position_embeddings;

        public GraphValue Write(GraphBuilder graph, GraphValue input)
        {
            GraphValue tokens = graph.Prepend(graph.Constant(cls_token), patch_embeddings.Write(graph, input));
            return graph.Add(tokens, graph.Constant(position_embeddings));
        }
    }

    private sealed class PatchEmbeddings : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> projection;

        public PatchEmbeddings(VisionTransformerOptions options)
            : base(nameof(PatchEmbeddings))
        {
            projection = nn.Conv2d(3, options.HiddenSize, options.PatchSize, stride: options.PatchSize);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => projection.call(input).flatten(2).transpose(1, 2);

        public GraphValue Write(GraphBuilder graph, GraphValue input)
        {
            GraphValue patches = graph.Write(projection, input);
            return graph.Transpose(graph.Reshape(patches, patches.Shape[1], patches.Shape[2] * patches.Shape[3]), 0, 2, 1);
        }
    }

    private sealed class LayerStack : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> layer;

        public LayerStack(VisionTransformerOptions options)
            : base(nameof(LayerStack))
        {
            layer = nn.Sequential(Enumerable.Range(0, options.NumHiddenLayers).Select(i => (
                i.ToString(CultureInfo.InvariantCulture), (nn.Module<Tensor, Tensor>)new Layer(options))));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => layer.call(input);

        public GraphValue Write(GraphBuilder graph, GraphValue input) => graph.Write(layer, input);
    }

    /// <summary>Attention, then a perceptron, each behind a normalisation and added to its input.</summary>
    private sealed class Layer : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> layernorm_before;
        private readonly Attention attention;
        private readonly nn.Module<Tensor, Tensor> layernorm_after;
        private readonly Dense intermediate;
        private readonly Dense output;

        public Layer(VisionTransformerOptions options)
            : base(nameof(Layer))
        {
            layernorm_before = nn.LayerNorm(options.HiddenSize, options.LayerNormEps);
            attention = new Attention(options);
            layernorm_after = nn.LayerNorm(options.HiddenSize, options.LayerNormEps);
            intermediate = new Dense(options.HiddenSize, options.IntermediateSize);
            output = new Dense(options.IntermediateSize, options.HiddenSize);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            // Without gradient this frees each activation as soon as the layer is done; with gradient autograd keeps its own.
            using DisposeScope scope = NewDisposeScope();
            Tensor attended = attention.call(layernorm_before.call(input)) + input;
            Tensor perceived = output.call(nn.functional.gelu(intermediate.call(layernorm_after.call(attended))));
            return (perceived + attended).MoveToOuterDisposeScope();
        }

        public GraphValue Write(GraphBuilder graph, GraphValue input)
        {
            GraphValue attended = graph.Add(attention.Write(graph, graph.Write(layernorm_before, input)), input);
            GraphValue hidden = intermediate.Write(graph, graph.Write(layernorm_after, attended));
            return graph.Add(output.Write(graph, graph.Gelu(hidden)), attended);
        }
    }

    private sealed class Attention : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly SelfAttention attention;
        private readonly Dense output;

        public Attention(VisionTransformerOptions options)
            : base(nameof(Attention))
        {
            attention = new SelfAttention(options);
            output = new Dense(options.HiddenSize, options.HiddenSize);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => output.call(attention.call(input));

        public GraphValue Write(GraphBuilder graph, GraphValue input) => output.Write(graph, attention.Write(graph, input));
    }

    private sealed class SelfAttention : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> query;
        private readonly nn.Module<Tensor, Tensor> key;
        private readonly nn.Module<Tensor, Tensor> value;
        private readonly int _heads;

        public SelfAttention(VisionTransformerOptions options)
            : base(nameof(SelfAttention))
        {
            _heads = options.NumAttentionHeads;
            query = nn.Linear(options.HiddenSize, options.HiddenSize);
            key = nn.Linear(options.HiddenSize, options.HiddenSize);
            value = nn.Linear(options.HiddenSize, options.HiddenSize);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor attended = nn.functional.scaled_dot_product_attention(
                Heads(query.call(input)), Heads(key.call(input)), Heads(value.call(input)));
            return attended.transpose(1, 2).reshape(input.shape).MoveToOuterDisposeScope();
        }

        public GraphValue Write(GraphBuilder graph, GraphValue input)
        {
            GraphValue attended = graph.Attend(Heads(graph, query, input), Heads(graph, key, input), Heads(graph, value, input));
            (long tokens, long channels) = (input.Shape[1], input.Shape[2]);
            return graph.Transpose(graph.Reshape(attended, channels, tokens), 0, 2, 1);
        }

        // [N,tokens,heads*channels] to [N,heads,channels,tokens].
        private GraphValue Heads(GraphBuilder graph, nn.Module<Tensor, Tensor> projection, GraphValue input)
        {
            GraphValue projected = graph.Transpose(graph.Write(projection, input), 0, 2, 1);
            return graph.Reshape(projected, _heads, projected.Shape[1] / _heads, projected.Shape[2]);
        }

        private Tensor Heads(Tensor x) =>
            x.reshape(x.shape[0], x.shape[1], _heads, x.shape[2] / _heads).transpose(1, 2);
    }

    /// <summary>One linear layer, named <c>dense</c>.</summary>
    private sealed class Dense : nn.Module<Tensor, Tensor>, IGraphLayer
    {
        private readonly nn.Module<Tensor, Tensor> dense;

        public Dense(int inputs, int outputs)
            : base(nameof(Dense))
        {
            dense = nn.Linear(inputs, outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => dense.call(input);

        public GraphValue Write(GraphBuilder graph, GraphValue input) => graph.Write(dense, input);
    }
}

/// <summary>The shape of a <see cref="VisionTransformer"/>, in the terms of Hugging Face's <c>config.json</c>. The defaults
/// are ViT-B/16.</summary>
public sealed record VisionTransformerOptions : INetworkOptions
{
    /// <summary>The number of classes.</summary>
    public int NumLabels { get; init; } = 1000;

    /// <summary>The side of the square images.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>The side of the square patches.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Channels of every token.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>The number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Attention heads of each layer.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Channels between the two layers of the perceptron.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Added to the variance in layer normalisation.</summary>
    public double LayerNormEps { get; init; } = 1e-12;

    double INetworkOptions.LeastWeights
    {
        get
        {
            double side = Math.Floor((double)ImageSize / PatchSize), pixels = 3.0 * PatchSize * PatchSize;
            double layer = (4 * LayerWeights.Dense(HiddenSize, HiddenSize)) + (2 * LayerWeights.Dense(HiddenSize, IntermediateSize));
            return (Math.Max(0, NumHiddenLayers) * Math.Max(1, layer))
                + LayerWeights.Dense((side * side) + pixels, HiddenSize)
                + LayerWeights.Dense(HiddenSize, NumLabels);
        }
    }
}
