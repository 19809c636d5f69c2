using CertiPure.Images;
using CertiPure.Onnx;
using CertiPure.Onnx.Graph;
using CertiPure.Recipes.Catalog;
using CertiPure.Recipes.Runs;
using CertiPure.Results;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Graphs;

/// <summary>Runs purifier and classifier as one graph in ONNX Runtime.</summary>
internal static class OnnxEngine
{
    /// <summary>Refuses what the engines do not do.</summary>
    /// <param name="request">What the user describes.</param>
    /// <exception cref="CertiPureException">The engine does not compute in that precision, or routing is asked of ONNX Runtime.</exception>
    public static void Refuse(ModelRequest request)
    {
        if (request.Engine == Engine.Onnx && request.Precision is not (Precision.Fp32 or Precision.Int8))
        {
            throw new CertiPureException(
                $"ONNX Runtime computes in fp32 or int8 here, not in {Choice.Word(request.Precision)}.", ErrorReason.InvalidArgument);
        }

        if (request.Engine == Engine.Onnx && request.Core is not null)
        {
            throw new CertiPureException("Certified routing runs on TorchSharp, not on ONNX Runtime.", ErrorReason.InvalidArgument);
        }

        if (request.MeasuresEngine && (request.Engine != Engine.Torch || request.Core is not null || request.Precision != Precision.Fp32))
        {
            throw new CertiPureException(
                "Both engines compute the same only in fp32 and without certified routing; otherwise there is no choice to measure.",
                ErrorReason.InvalidArgument);
        }
    }

    /// <summary>Opens the graph of networks.</summary>
    /// <param name="request">The noise level, the precision, the device and, for int8, the images to calibrate by.</param>
    /// <param name="purifier">The purifier in fp32; null for none.</param>
    /// <param name="classifier">The classifier in fp32.</param>
    /// <param name="weights">SHA-256 of each weight file, by its role.</param>
    /// <param name="threads">Threads of one run.</param>
    /// <returns>The graph as a network of noisy images, and what a manifest says of it.</returns>
    /// <exception cref="CertiPureException">The networks cannot be written as a graph, or the device cannot be used.</exception>
    public static (OnnxClassifier Network, EngineIdentity Identity) Open(
        ModelRequest request,
        TorchPurifier? purifier,
        IClassifier classifier,
        IReadOnlyDictionary<string, string> weights,
        int threads)
    {
        if (classifier is not TorchClassifier { IsWritable: true } layers)
        {
            throw new CertiPureException(
                $"The classifier {request.Classifier} is a finished graph or program, which ONNX Runtime cannot join with a purifier; "
                + "weights of a known architecture are needed.",
                ErrorReason.InvalidArgument);
        }

        GraphModel graph = BaseGraphs.Write(request, purifier, layers, weights);
        OnnxClassifier network = OnnxClassifier.Open(graph.ToBytes(), "of purifier and classifier", threads, request.Device.Gpu);
        var identity = new EngineIdentity(Engine.Onnx)
        {
            Version = OnnxRuntimeLibrary.Version,
            GraphSha256 = network.Sha256,
            InstructionSet = request.Precision == Precision.Int8 ? IntegerInstructions.Name : null,
        };
        return (network, identity);
    }

    /// <summary>Whether ONNX Runtime is faster here, measured on one batch for each worker.</summary>
    /// <param name="torch">The networks on TorchSharp.</param>
    /// <param name="onnx">The same networks as a graph.</param>
    /// <param name="workers">Who calls them.</param>
    public static bool IsFaster(IBaseClassifier torch, IBaseClassifier onnx, WorkerPlan workers)
    {
        var batch = new ImageBatch(torch.Shape, torch.BatchSize);
        return Time(onnx) < Time(torch);

        double Time(IBaseClassifier classifier)
        {
            // The first call allocates and is not representative.
            workers.Time(() => classifier.Scores(batch));
            return workers.Time(() => classifier.Scores(batch));
        }
    }
}
