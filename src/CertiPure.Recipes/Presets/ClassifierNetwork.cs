using System.Text.Json;
using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.TorchScript;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Recipes.Presets;

/// <summary>A classifier in or beside training, with the normalisation of pixels around it.</summary>
/// <param name="Network">The network, from normalised images to logits.</param>
/// <param name="Metadata">What its weights carry.</param>
/// <param name="Normalize">From pixel space to the network's input.</param>
internal sealed record ClassifierNetwork(
    nn.Module<Tensor, Tensor> Network, IReadOnlyDictionary<string, string> Metadata, Func<Tensor, Tensor> Normalize)
{
    /// <summary>From <c>[N,C,H,W]</c> in pixel space to logits, in 32-bit floats.</summary>
    public Tensor Classify(Tensor pixels) =>
        Network.call(Normalize(pixels).to(Network.parameters().First().dtype)).to(ScalarType.Float32);

    /// <summary>A classifier with fresh weights that takes pixels as they are: batch normalisation follows its first
    /// convolution.</summary>
    /// <param name="recipe">The network.</param>
    /// <param name="inputs">The data that it must fit.</param>
    /// <param name="seed">The seed of its weights.</param>
    /// <param name="classCount">The classes that it must know; null for the data's.</param>
    public static ClassifierNetwork Fresh(NetworkRecipe recipe, TrainingInputs inputs, ulong seed, int? classCount = null)
    {
        if (inputs.Data.ClassCount == 0)
        {
            throw new CertiPureException("A classifier learns from labels, and this data set has none: choose another.", ErrorReason.InvalidArgument);
        }

        int channels = inputs.Shape.Channels;
        var asTheyAre = new PixelNormalization([.. Enumerable.Repeat(0.0, channels)], [.. Enumerable.Repeat(1.0, channels)]);
        var network = recipe.Create<nn.Module<Tensor, Tensor>>(seed);
        Try(network, recipe, inputs, classCount ?? inputs.Data.ClassCount);
        return new ClassifierNetwork(
            network,
            ClassifierCheckpoint.Metadata(
                recipe.Architecture, JsonSerializer.Serialize(recipe.Arguments), inputs.Shape, asTheyAre),
            pixels => pixels);
    }

    /// <summary>A classifier that was trained before.</summary>
    /// <param name="path">Safetensors with the metadata of <see cref="ClassifierCheckpoint"/>.</param>
    /// <param name="inputs">The data that it must fit.</param>
    /// <exception cref="CertiPureException">It takes other images or knows other classes.</exception>
    public static ClassifierNetwork From(string path, TrainingInputs inputs)
    {
        if (File.Exists(path) && TorchScriptInspection.Of(path) is { } program)
        {
            string why = program.HasParameters ? "which training cannot write back" : "which is frozen, so it has no parameters to train";
            throw new CertiPureException(
                $"The classifier '{path}' is a TorchScript program, {why}: choose the weights of its network (safetensors), or calibrate the "
                + "purifier through it.",
                ErrorReason.InvalidArgument);
        }

        if (OnnxInspection.IsOnnx(path))
        {
            throw new CertiPureException(
                $"The classifier '{path}' is an ONNX file, which cannot be trained: choose the weights of its network (safetensors), or export it as "
                + "TorchScript and calibrate the purifier through it.",
                ErrorReason.InvalidArgument);
        }

        using Checkpoint checkpoint = SafeTensors.Read(path);
        (nn.Module<Tensor, Tensor> network, ImageShape shape, PixelNormalization normalization) = ClassifierCheckpoint.Build(checkpoint);
        if (shape != inputs.Shape)
        {
            network.Dispose();
            throw new CertiPureException(
                $"The classifier '{path}' takes images of {shape} and the data set has {inputs.Shape}: choose another.");
        }

        Tensor mean = PerChannel(normalization.Mean), deviation = PerChannel(normalization.Deviation);
        var classifier = new ClassifierNetwork(
            network, checkpoint.Metadata.ToDictionary(), pixels => (pixels - mean.to(pixels.device)) / deviation.to(pixels.device));
        try
        {
            classifier.RequireClasses(path, inputs);
            return classifier;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The classifier that a training starts with: the given weights, or fresh ones.</summary>
    /// <param name="recipe">The network, where its weights are fresh.</param>
    /// <param name="inputs">The data that it must fit, and perhaps weights.</param>
    /// <param name="seed">The seed of fresh weights.</param>
    public static ClassifierNetwork Start(NetworkRecipe recipe, TrainingInputs inputs, ulong seed) =>
        inputs.StartPath is { } path ? From(path, inputs) : Fresh(recipe, inputs, seed);

    /// <summary>Refuses data of other classes, for which the classifier would be found wrong without an error.</summary>
    private void RequireClasses(string path, TrainingInputs inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Network.eval();
        long classes;
        try
        {
            classes = Classify(zeros([1, inputs.Shape.Channels, inputs.Shape.Height, inputs.Shape.Width])).shape[1];
        }
        catch (Exception error) when (NativeError.IsRefusal(error))
        {
            throw new CertiPureException(
                $"The classifier '{path}' does not take images of {inputs.Shape} ({NativeError.Reason(error)}): choose another.", error);
        }

        Network.train();
        if (classes != inputs.Data.ClassCount)
        {
            throw new CertiPureException(
                $"The classifier '{path}' knows {classes} classes and the data set has {inputs.Data.ClassCount}: choose another.");
        }
    }

    /// <summary>Excludes the network from training.</summary>
    public void Freeze()
    {
        Network.eval();
        foreach (Tensor parameter in Network.parameters())
        {
            parameter.requires_grad_(false);
        }
    }

    /// <summary>Classifies one image: arguments that do not fit the data show then.</summary>
    private static void Try(nn.Module<Tensor, Tensor> network, NetworkRecipe recipe, TrainingInputs inputs, int classCount)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            network.eval();
            Tensor logits = network.call(zeros([1, inputs.Shape.Channels, inputs.Shape.Height, inputs.Shape.Width]));
            network.train();
            if (logits.dim() != 2 || logits.shape[1] != classCount)
            {
                throw new ArgumentException(
                    $"for one image it gives [{string.Join(',', logits.shape)}] and not a score for each of "
                    + $"{classCount} classes");
            }
        }
        catch (Exception error) when (NativeError.IsRefusal(error))
        {
            network.Dispose();
            throw recipe.Unusable(error);
        }
    }

    private static Tensor PerChannel(IReadOnlyList<double> values) =>
        tensor(values.Select(value => (float)value).ToArray()).view(1, -1, 1, 1);
}
