using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Torch.Networks.Classifiers;

/// <summary>The names of a ViT's layers in timm and in torchvision beside Hugging Face's, which <see cref="VisionTransformer"/> has. Both have
/// queries, keys and values in one matrix, in that order.</summary>
internal static partial class VisionTransformerNames
{
    private static readonly (string Others, string HuggingFace)[] Outer =
    [
        ("cls_token", "vit.embeddings.cls_token"), ("class_token", "vit.embeddings.cls_token"),
        ("pos_embed", "vit.embeddings.position_embeddings"), ("encoder.pos_embedding", "vit.embeddings.position_embeddings"),
        ("patch_embed.proj.", "vit.embeddings.patch_embeddings.projection."), ("conv_proj.", "vit.embeddings.patch_embeddings.projection."),
        ("norm.", "vit.layernorm."), ("encoder.ln.", "vit.layernorm."), ("head.", "classifier."), ("heads.head.", "classifier."),
    ];

    private static readonly (string Others, string HuggingFace)[] Inner =
    [
        ("norm1.", "layernorm_before."), ("ln_1.", "layernorm_before."), ("norm2.", "layernorm_after."), ("ln_2.", "layernorm_after."),
        ("attn.proj.", "attention.output.dense."), ("self_attention.out_proj.", "attention.output.dense."),
        ("mlp.fc1.", "intermediate.dense."), ("mlp.0.", "intermediate.dense."), ("mlp.linear_1.", "intermediate.dense."),
        ("mlp.fc2.", "output.dense."), ("mlp.3.", "output.dense."), ("mlp.linear_2.", "output.dense."),
    ];

    /// <summary>Whether a name is one of timm's or torchvision's layers.</summary>
    public static Match Layer(string name) => LayerName().Match(name);

    /// <summary>Renames and parts tensors; one that is not known, or is Hugging Face's already, stays as it is, for the loader to judge.</summary>
    public static Checkpoint Import(Checkpoint source) => source.TryGet("vit.embeddings.cls_token", out _)
        ? source
        : new Checkpoint(source, source.Tensors.SelectMany(Import));

    private static IEnumerable<CheckpointTensor> Import(CheckpointTensor tensor)
    {
        Match layer = Layer(tensor.Name);
        if (!layer.Success)
        {
            return [tensor.Rename(Replace(tensor.Name, Outer) ?? tensor.Name)];
        }

        string prefix = $"vit.encoder.layer.{layer.Groups[1].Value}.", inner = layer.Groups[2].Value;
        Match joint = JointName().Match(inner);
        if (!joint.Success || tensor.Shape.Count == 0 || tensor.Shape[0] % 3 != 0 || tensor.Shape[0] == 0)
        {
            return [tensor.Rename(Replace(inner, Inner) is { } name ? prefix + name : tensor.Name)];
        }

        long rows = tensor.Shape[0] / 3;
        return ((string[])["query", "key", "value"]).Select((part, i) =>
            tensor.Rows($"{prefix}attention.attention.{part}.{joint.Groups[1].Value}", i * rows, rows));
    }

    private static string? Replace(string name, (string Others, string HuggingFace)[] names)
    {
        (string others, string huggingFace) = names.FirstOrDefault(pair => pair.Others.EndsWith('.')
            ? name.StartsWith(pair.Others, StringComparison.Ordinal)
            : name == pair.Others);
        return others is null ? null : huggingFace + name[others.Length..];
    }

    [GeneratedRegex(@"^(?:blocks\.|encoder\.layers\.encoder_layer_)(\d{1,4})\.(.+)$")]
    private static partial Regex LayerName();

    [GeneratedRegex(@"^(?:attn\.qkv\.|self_attention\.in_proj_)(weight|bias)$")]
    private static partial Regex JointName();
}
