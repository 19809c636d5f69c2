using CertiPure.Images;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Fixtures;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Graphs;

/// <summary>Networks small enough to be written as a graph and computed in a moment.</summary>
internal static class SmallGraphs
{
    public const double Sigma = 0.5;

    /// <summary>Small networks of every family, with each option that changes the graph.</summary>
    public static TheoryData<string, string> Denoisers => new()
    {
        { "SongUNet", """{"img_resolution":16,"img_channels":3,"model_channels":32,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8]}""" },
        { "SongUNet", """{"img_resolution":16,"img_channels":1,"model_channels":32,"channel_mult":[2,2],"num_blocks":1,"attn_resolutions":[4],"patch":2}""" },
        {
            "SongUNet",
            """
            {"img_resolution":16,"img_channels":3,"model_channels":32,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8],
             "channel_mult_noise":2,"embedding_type":"fourier","encoder_type":"residual","resample_filter":[1,3,3,1]}
            """
        },
        { "DhariwalUNet", """{"img_resolution":16,"img_channels":3,"model_channels":64,"channel_mult":[1,2],"num_blocks":1,"attn_resolutions":[8]}""" },
        {
            "ImprovedDiffusionUNet",
            """{"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"out_channels":6}"""
        },
        {
            "ConsistencyUNet",
            """
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_head_channels":16,
             "resblock_updown":true}
            """
        },
        {
            "ConsistencyUNet",
            """
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_heads":2,
             "use_scale_shift_norm":false}
            """
        },
        {
            "GuidedDiffusionUNet",
            """
            {"image_size":16,"num_channels":32,"num_res_blocks":1,"channel_mult":[1,2],"attention_resolutions":[8],"num_head_channels":16,
             "resblock_updown":true,"use_new_attention_order":true,"out_channels":6}
            """
        },
        {
            "UNet2DModel",
            """
            {"sample_size":16,"in_channels":1,"out_channels":1,"block_out_channels":[8,16],"layers_per_block":1,"norm_num_groups":4,
             "attention_head_dim":8,"down_block_types":["DownBlock2D","AttnDownBlock2D"],"up_block_types":["AttnUpBlock2D","UpBlock2D"],
             "downsample_padding":0,"freq_shift":1,"flip_sin_to_cos":false}
            """
        },
        {
            "UNet2DModel",
            """
            {"sample_size":16,"block_out_channels":[8,16],"layers_per_block":1,"norm_num_groups":4,"attention_head_dim":null,
             "down_block_types":["ResnetDownsampleBlock2D","AttnDownBlock2D"],"up_block_types":["AttnUpBlock2D","ResnetUpsampleBlock2D"],
             "resnet_time_scale_shift":"scale_shift","upsample_type":"resnet","time_scale":1000}
            """
        },
    };

    /// <summary>Small classifiers of every family and the side of their images.</summary>
    public static TheoryData<string, string, int> Classifiers => new()
    {
        { "CifarResNet", """{"depth":14,"width":8,"img_channels":3}""", 32 },
        { "CifarResNet", """{"depth":8,"width":8,"img_channels":3,"patch":2}""", 32 },
        { "ResNet110", """{"depth":14}""", 32 },
        { "ResNet50", """{"num_classes":10}""", 64 },
        { "ResNet", """{"depth":18,"small_images":true,"num_classes":10}""", 32 },
        { "ResNet", """{"depth":50,"width_per_group":128,"num_classes":10}""", 64 },
        { "WideResNet", """{"depth":16,"widen_factor":1}""", 32 },
        { "WideResNet", """{"depth":10,"widen_factor":2}""", 32 },
        {
            "VisionTransformer",
            """
            {"num_labels":10,"image_size":32,"patch_size":8,"hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":64}
            """,
            20
        },
    };

    public static Denoiser Denoiser(string architecture, string arguments, Preconditioning preconditioning)
    {
        var network = Architecture.Named(architecture).Create<DiffusionNetwork>(arguments);
        Fill(network);
        var denoiser = new Denoiser(network, preconditioning);
        denoiser.eval();
        return denoiser;
    }

    public static TorchClassifier Classifier(string architecture, string arguments, int side)
    {
        var network = Architecture.Named(architecture).Create<nn.Module<Tensor, Tensor>>(arguments);
        Fill(network);
        return new TorchClassifier(network, new ImageShape(3, side, side), PixelNormalization.ImageNet);
    }

    // The fixtures' formula: no weight is so small that it would hide a mistake, and batch normalisation has its own statistics.
    private static void Fill(nn.Module network)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        int number = 0;
        foreach ((string name, Tensor values) in network.state_dict().Where(pair => pair.Value.is_floating_point()))
        {
            float[] formula = FormulaWeights.Generate(name, values.shape, number++, 5, flax: false);
            values.copy_(tensor(formula).reshape(values.shape));
        }

        network.eval();
    }

    public static Tensor Images(ImageShape shape)
    {
        using Generator generator = new(7);
        return rand([3, shape.Channels, shape.Height, shape.Width], generator: generator)
            + (Sigma * randn([3, shape.Channels, shape.Height, shape.Width], generator: generator));
    }
}
