using CertiPure.Torch.Backend;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Devices;

/// <summary>One small network of each purifier family, with every kind of layer that the family has and weights of ordinary size.</summary>
internal static class FamilyNetworks
{
    private static readonly (string Name, string Architecture, string Arguments)[] Known =
    [
        ("DDPM++", "SongUNet", """{"img_resolution":16,"img_channels":3,"model_channels":32,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8]}"""),
        (
            "NCSN++",
            "SongUNet",
            """
            {"img_resolution":16,"img_channels":3,"model_channels":32,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8],
             "channel_mult_noise":2,"embedding_type":"fourier","encoder_type":"residual","resample_filter":[1,3,3,1]}
            """),
        ("ADM", "DhariwalUNet", """{"img_resolution":16,"img_channels":3,"model_channels":64,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8]}"""),
        (
            "improved diffusion",
            "ImprovedDiffusionUNet",
            """{"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"out_channels":6}"""),
        (
            "consistency models",
            "ConsistencyUNet",
            """
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_head_channels":16,
             "resblock_updown":true}
            """),
        (
            "guided diffusion",
            "GuidedDiffusionUNet",
            """
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_head_channels":16,
             "resblock_updown":true,"use_new_attention_order":true,"out_channels":6}
            """),
        (
            "diffusers",
            "UNet2DModel",
            """
            {"sample_size":16,"block_out_channels":[8,16],"layers_per_block":1,"norm_num_groups":4,"attention_head_dim":8,
             "down_block_types":["DownBlock2D","AttnDownBlock2D"],"up_block_types":["AttnUpBlock2D","UpBlock2D"]}
            """),
    ];

    /// <summary>The families' names and how to make their networks, with the same weights each time.</summary>
    public static IEnumerable<(string Name, Func<Denoiser> Create)> All =>
        Known.Select(family => (family.Name, (Func<Denoiser>)(() => Create(family.Architecture, family.Arguments))));

    private static Denoiser Create(string architecture, string arguments)
    {
        var network = Torch.Networks.Architecture.Named(architecture).Create<DiffusionNetwork>(arguments);
        using IDisposable noGradient = no_grad();
        using Generator generator = new(1);
        using DisposeScope scope = NewDisposeScope();
        FreshWeights.Draw(network, 1);

        // Fresh weights end each branch at zero, which would hide a difference within.
        foreach (Tensor weights in network.parameters().Where(parameter => parameter.dim() >= 2))
        {
            double inputs = (double)weights.numel() / weights.shape[0];
            weights.copy_(RandomTensors.Normal(weights.shape, generator) / Math.Sqrt(inputs));
        }

        return new Denoiser(network, new EdmPreconditioning());
    }
}
