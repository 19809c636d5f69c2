using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Torch.Checkpoints;

namespace CertiPure.Torch.Networks.UNets;

/// <summary>The names of a <see cref="UNetPlan"/>'s layers in diffusers beside those in OpenAI's code, and the tensors from one to the
/// other: diffusers has queries, keys and values in three matrices, OpenAI in one convolution.</summary>
internal sealed partial class UNet2DModelNames
{
    private static readonly (string OpenAi, string Diffusers)[] ResidualLayers =
    [
        ("in_layers.0", "norm1"), ("in_layers.2", "conv1"), ("emb_layers.1", "time_emb_proj"), ("out_layers.0", "norm2"),
        ("out_layers.3", "conv2"), ("skip_connection", "conv_shortcut"),
    ];

    private static readonly string[] Joined = ["to_q", "to_k", "to_v"];

    private readonly UNetPlan _plan;
    private readonly List<(string OpenAi, string Diffusers)> _layers = [];
    private readonly List<(string OpenAi, string Diffusers)> _joinedLayers = [];

    private UNet2DModelNames(UNetPlan plan) => _plan = plan;

    /// <summary>The names of a network's layers.</summary>
    public static UNet2DModelNames Of(UNetPlan plan)
    {
        var names = new UNet2DModelNames(plan);
        names.Layer("input_blocks.0.0", "conv_in");
        names.Layer("time_embed.0", "time_embedding.linear_1");
        names.Layer("time_embed.2", "time_embedding.linear_2");
        names.Layer("label_emb", "class_embedding");
        int levels = plan.Levels.Count, block = 1;
        for (int level = 0; level < levels; level++)
        {
            string down = Text($"down_blocks.{level}");
            for (int i = 0; i < plan.ResidualBlocks; i++, block++)
            {
                names.Residual(Text($"input_blocks.{block}.0"), Text($"{down}.resnets.{i}"));
                names.AttentionIf(plan.Levels[level].AttentionDown, Text($"input_blocks.{block}.1"), Text($"{down}.attentions.{i}"));
            }

            if (level < levels - 1)
            {
                names.Resampling(plan.Levels[level].ResidualDown, Text($"input_blocks.{block}.0"), "op", $"{down}.downsamplers.0");
                block++;
            }
        }

        names.Residual("middle_block.0", "mid_block.resnets.0");
        names.AttentionIf(plan.MiddleAttention, "middle_block.1", "mid_block.attentions.0");
        names.Residual(plan.MiddleAttention ? "middle_block.2" : "middle_block.1", "mid_block.resnets.1");
        block = 0;
        for (int level = levels - 1; level >= 0; level--)
        {
            string up = Text($"up_blocks.{levels - 1 - level}");
            for (int i = 0; i <= plan.ResidualBlocks; i++, block++)
            {
                bool attention = plan.Levels[level].AttentionUp;
                names.Residual(Text($"output_blocks.{block}.0"), Text($"{up}.resnets.{i}"));
                names.AttentionIf(attention, Text($"output_blocks.{block}.1"), Text($"{up}.attentions.{i}"));
                if (level > 0 && i == plan.ResidualBlocks)
                {
                    names.Resampling(
                        plan.Levels[level].ResidualUp, Text($"output_blocks.{block}.{(attention ? 2 : 1)}"), "conv", $"{up}.upsamplers.0");
                }
            }
        }

        names.Layer("out.0", "conv_norm_out");
        names.Layer("out.2", "conv_out");
        return names;
    }

    /// <summary>Renames and joins diffusers' tensors. One that is already under OpenAI's name, or that no layer has a place for, stays as
    /// it is, for the loader to judge.</summary>
    public Checkpoint FromDiffusers(Checkpoint source)
    {
        var names = _layers.SelectMany(layer => Both(layer.Diffusers, layer.OpenAi)).ToDictionary(pair => pair.From, pair => pair.To);
        var parts = _joinedLayers
            .SelectMany(layer => Joined.SelectMany(part => Both($"{layer.Diffusers}.{part}", layer.OpenAi)))
            .ToDictionary(pair => pair.From, pair => pair.To);
        var tensors = new List<CheckpointTensor>();
        var waiting = new Dictionary<string, List<CheckpointTensor>>();
        foreach (CheckpointTensor tensor in source.Tensors)
        {
            // Before diffusers 0.13 attention's layers had other names.
            string name = FormerAttention().Replace(tensor.Name, match => match.Groups[1].Value + match.Groups[2].Value switch
            {
                "query" => "to_q",
                "key" => "to_k",
                "value" => "to_v",
                _ => "to_out.0",
            });
            if (parts.TryGetValue(name, out string? joined))
            {
                waiting.TryAdd(joined, []);
                waiting[joined].Add(tensor.Rename(name));
            }
            else if (names.TryGetValue(name, out string? own))
            {
                // A matrix of attention's projection is a convolution of one pixel there.
                bool isProjection = own.EndsWith(".proj_out.weight", StringComparison.Ordinal);
                tensors.Add(isProjection ? tensor.Reshape(own, Pixelwise(tensor.Shape)) : tensor.Rename(own));
            }
            else
            {
                tensors.Add(tensor);
            }
        }

        tensors.AddRange(waiting.SelectMany(entry => Join(entry.Key, entry.Value)));
        return new Checkpoint(source, tensors);
    }

    /// <summary>Renames and parts a network's own tensors; the inverse of <see cref="FromDiffusers"/>, and from any form of attention.</summary>
    public IReadOnlyList<CheckpointTensor> ToDiffusers(Checkpoint own)
    {
        var names = _layers.SelectMany(layer => Both(layer.OpenAi, layer.Diffusers)).ToDictionary(pair => pair.From, pair => pair.To);
        var joined = _joinedLayers.SelectMany(layer => Both(layer.OpenAi, layer.Diffusers)).ToDictionary(pair => pair.From, pair => pair.To);
        var tensors = new List<CheckpointTensor>();
        foreach (CheckpointTensor tensor in own.Tensors)
        {
            if (joined.TryGetValue(tensor.Name, out string? name))
            {
                string attention = name[..name.LastIndexOf('.')], kind = name[name.LastIndexOf('.')..];
                tensors.AddRange(Joined.Select((part, i) => Part(tensor, i, $"{attention}.{part}{kind}")));
            }
            else
            {
                string theirs = names[tensor.Name];
                bool isProjection = tensor.Name.EndsWith(".proj_out.weight", StringComparison.Ordinal);
                tensors.Add(isProjection ? tensor.Reshape(theirs, [.. tensor.Shape.Take(2)]) : tensor.Rename(theirs));
            }
        }

        return tensors;
    }

    // Queries, keys or values of the joint layer.
    private CheckpointTensor Part(CheckpointTensor joint, int part, string name)
    {
        long channels = joint.Shape[0] / 3;
        long[] shape = [channels, .. joint.Shape.Skip(1).Take(1)];
        if (_plan.Attention != AttentionForm.HeadsFirst)
        {
            return joint.Rows(name, part * channels, channels).Reshape(name, shape);
        }

        int heads = _plan.Heads((int)channels);
        long perHead = channels / heads;
        return CheckpointTensor.Join(
            name, shape, [.. Enumerable.Range(0, heads).Select(head => joint.Rows(name, ((head * 3) + part) * perHead, perHead))]);
    }

    private static List<CheckpointTensor> Join(string name, List<CheckpointTensor> parts)
    {
        CheckpointTensor[] ordered =
            [.. Joined.SelectMany(part => parts.Where(tensor => tensor.Name.Contains($".{part}.", StringComparison.Ordinal)))];
        bool fits = ordered.Length == 3 && ordered.All(part =>
            part.ElementType == ordered[0].ElementType && part.Shape.SequenceEqual(ordered[0].Shape) && part.Shape.Count > 0);
        if (!fits)
        {
            return parts;
        }

        long[] shape = [3 * ordered[0].Shape[0], .. ordered[0].Shape.Skip(1)];
        return [CheckpointTensor.Join(name, shape.Length > 1 ? Pixelwise(shape) : shape, ordered)];
    }

    // [outputs,inputs] to [outputs,inputs,1,1]; whatever else there is stays, to be refused by its shape.
    private static IReadOnlyList<long> Pixelwise(IReadOnlyList<long> shape) => shape.Count == 2 ? [.. shape, 1, 1] : shape;

    private static IEnumerable<(string From, string To)> Both(string from, string to) =>
        [($"{from}.weight", $"{to}.weight"), ($"{from}.bias", $"{to}.bias")];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Layer(string openAi, string diffusers) => _layers.Add((openAi, diffusers));

    private void Residual(string openAi, string diffusers)
    {
        foreach ((string inner, string theirs) in ResidualLayers)
        {
            Layer($"{openAi}.{inner}", $"{diffusers}.{theirs}");
        }
    }

    private void AttentionIf(bool present, string openAi, string diffusers)
    {
        if (present)
        {
            Layer($"{openAi}.norm", $"{diffusers}.group_norm");
            _joinedLayers.Add(($"{openAi}.qkv", diffusers));
            Layer($"{openAi}.proj_out", $"{diffusers}.to_out.0");
        }
    }

    private void Resampling(bool isResidual, string openAi, string convolution, string diffusers)
    {
        if (isResidual)
        {
            Residual(openAi, diffusers);
        }
        else
        {
            Layer($"{openAi}.{convolution}", $"{diffusers}.conv");
        }
    }

    [GeneratedRegex(@"^(.*\battentions\.\d+\.)(query|key|value|proj_attn)(?=\.(?:weight|bias)$)")]
    private static partial Regex FormerAttention();
}
