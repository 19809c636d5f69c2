using System.Diagnostics;
using System.Runtime.InteropServices;
using CertiPure.Onnx.Graph;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Graphs;

/// <summary>The files are ONNX files for others too: the format's own checker, and ONNX Runtime outside of .NET.</summary>
public sealed class GraphFileTests
{
    private const string Python = "/usr/bin/python3";

    // The checker infers every shape as well, so a wrong dimension is found too.
    private const string Check = """
        import glob, sys, onnx
        for path in sorted(glob.glob(sys.argv[1] + '/*.onnx')):
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            assert model.ir_version == 8 and [(o.domain, o.version) for o in model.opset_import] == [('', 17)], path
            assert not any(node.domain for node in model.graph.node), path
            print(path)
        """;

    private const string RunInNode = """
        const ort = require('onnxruntime-node'), fs = require('fs');
        (async () => {
          const session = await ort.InferenceSession.create('model.onnx');
          const bytes = fs.readFileSync('images.f32');
          const pixels = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
          const dimensions = JSON.parse(fs.readFileSync('shape.json', 'utf8'));
          const output = await session.run({ images: new ort.Tensor('float32', pixels, dimensions) });
          fs.writeFileSync('scores.f32', Buffer.from(output.scores.data.buffer, output.scores.data.byteOffset, output.scores.data.byteLength));
        })();
        """;

    [Fact]
    public async Task Every_graph_passes_the_format_s_checker()
    {
        Assert.SkipUnless(await Succeeds(Python, ".", "-c", "import onnx"), $"{Python} has no package onnx.");
        using var folder = new TemporaryFolder();
        int written = 0;
        foreach (var (architecture, arguments) in SmallGraphs.Denoisers.Select(row => row.Data))
        {
            using DisposeScope scope = NewDisposeScope();
            using var purifier = new EdmPurifier(SmallGraphs.Denoiser(architecture, arguments, new EdmPreconditioning()));
            Write(purifier, null);
        }

        foreach (var (architecture, arguments, side) in SmallGraphs.Classifiers.Select(row => row.Data))
        {
            using DisposeScope scope = NewDisposeScope();
            using TorchClassifier classifier = SmallGraphs.Classifier(architecture, arguments, side);
            Write(null, classifier);
        }

        string[] passed = (await Output(Python, folder.Path, "-c", Check, folder.Path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(written, passed.Length);

        void Write(TorchPurifier? purifier, TorchClassifier? classifier)
        {
            GraphModel model = BaseGraph.Write(purifier, classifier, SmallGraphs.Sigma, new Dictionary<string, string> { ["sigma"] = "0.5" });
            File.WriteAllBytes(System.IO.Path.Combine(folder.Path, $"{written++}.onnx"), model.ToBytes());
        }
    }

    [Fact]
    [Trait("group", "long")]
    public async Task A_graph_runs_in_node()
    {
        Assert.SkipUnless(await Succeeds("npm", ".", "--version"), "npm is not installed.");
        using var folder = new TemporaryFolder();
        await Output("npm", folder.Path, "install", "--ignore-scripts", "--no-audit", "--no-fund", "onnxruntime-node@1.30.0");
        using DisposeScope scope = NewDisposeScope();
        using var purifier = new EdmPurifier(
            SmallGraphs.Denoiser("SongUNet", SmallGraphs.Denoisers.First().Data.Item2, new EdmPreconditioning()));
        using TorchClassifier classifier = SmallGraphs.Classifier("CifarResNet", """{"depth":8,"width":8,"img_channels":3}""", 16);
        Tensor images = SmallGraphs.Images(purifier.Shape);
        GraphModel model = BaseGraph.Write(purifier, classifier, SmallGraphs.Sigma, new Dictionary<string, string>());
        string In(string name) => System.IO.Path.Combine(folder.Path, name);
        await File.WriteAllBytesAsync(In("model.onnx"), model.ToBytes(), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(In("images.f32"), images.contiguous().bytes.ToArray(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(In("shape.json"), $"[{string.Join(',', images.shape)}]", TestContext.Current.CancellationToken);

        await Output("node", folder.Path, "-e", RunInNode);

        byte[] scores = await File.ReadAllBytesAsync(In("scores.f32"), TestContext.Current.CancellationToken);
        Tensor computed = tensor(MemoryMarshal.Cast<byte, float>(scores).ToArray()).reshape(images.shape[0], -1);
        Assert.InRange(GraphRun.Error(classifier.Logits(purifier.Purify(images, SmallGraphs.Sigma)), computed), 0, 1e-4);
    }

    private static async Task<bool> Succeeds(string program, string folder, params string[] arguments)
    {
        try
        {
            using Process process = Start(program, folder, arguments);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> Output(string program, string folder, params string[] arguments)
    {
        using Process process = Start(program, folder, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    private static Process Start(string program, string folder, string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OMP_NUM_THREADS"] = "1", ["OPENBLAS_NUM_THREADS"] = "1" },
        })!;
}
