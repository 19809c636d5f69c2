using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using CertiPure.Cli.Deployment;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Verbs;

/// <summary><c>kubernetes</c>: the manifests of a certification or of the service, for <c>kubectl apply -f -</c>.</summary>
internal sealed partial class KubernetesVerb : Verb
{
    /// <summary>Defines the verb.</summary>
    public KubernetesVerb(Terminal terminal)
        : base(
            "kubernetes",
            "Writes manifests for Kubernetes: certify, merge, serve.",
            "certipure kubernetes certify registry.example/certipure cifar10 8 -- --data cifar10 --classifier /data/vit.onnx --sigma 0.5",
            terminal)
    {
        Add(new Certify(terminal));
        Add(new Merge(terminal));
        Add(new Serve(terminal));
    }

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation) =>
        throw new CertiPureException("kubernetes needs to know what for: certify, merge or serve.", ErrorReason.InvalidArgument);

    /// <summary>What the manifests share.</summary>
    private abstract partial class Part : Verb
    {
        private readonly Argument<string> _image = new("IMAGE") { Description = "The container image." };
        private readonly Argument<string> _name = new("NAME") { Description = "The name of the job or service." };

        private readonly Option<int> _cpus = Number("--cpus", "Processors of a pod; its workers follow them.", 4);
        private readonly Option<string> _memory = Word("--memory", "Memory of a pod.", "8Gi");
        private readonly Option<int> _gpus = Number("--gpus", "Graphics cards of a pod.", 0);
        private readonly Option<string> _runs = Word("--runs-claim", "The volume claim for run folders, which many pods may write.", "certipure-runs");
        private readonly Option<string> _data = Word("--data-claim", "The volume claim for data sets and weights.", "certipure-data");
        private readonly Option<string> _pullSecret = new("--pull-secret") { Description = "The secret to pull the image with." };
        private readonly Option<int> _keep = Number("--keep-seconds", "How long a finished job is kept.", 7 * 24 * 3600);

        protected Part(string name, string description, string example, Terminal terminal)
            : base(name, description, example, terminal)
        {
            Add(_image);
            Add(_name);
            foreach (Option option in (Option[])[_cpus, _memory, _gpus, _runs, _data, _pullSecret, _keep])
            {
                Add(option);
            }
        }

        protected abstract string Manifest(ParseResult parse, KubernetesOptions options);

        /// <inheritdoc/>
        protected override Task<ExitCode> RunAsync(ParseResult parse, CancellationToken cancellation)
        {
            string name = parse.GetRequiredValue(_name);
            if (!Label().IsMatch(name))
            {
                throw new CertiPureException(
                    $"'{name}' cannot be a name in Kubernetes: at most 40 small letters, digits and hyphens, a letter first and no hyphen last.",
                    ErrorReason.InvalidArgument);
            }

            Terminal.Output.WriteLine(Manifest(parse, new KubernetesOptions(
                parse.GetRequiredValue(_image),
                name,
                AtLeast(parse, _cpus, 1),
                parse.GetValue(_memory)!,
                AtLeast(parse, _gpus, 0),
                parse.GetValue(_runs)!,
                parse.GetValue(_data)!,
                parse.GetValue(_pullSecret),
                AtLeast(parse, _keep, 0))));
            return Task.FromResult(ExitCode.Success);
        }

        /// <summary>The options of the command in the pod, after <c>--</c>; what the manifest sets itself is refused.</summary>
        protected static string[] Rest(ParseResult parse, params string[] own)
        {
            string[] rest = [.. parse.UnmatchedTokens];
            return rest.FirstOrDefault(word => own.Any(each => word == each || word.StartsWith(each + "=", StringComparison.Ordinal))) is { } taken
                ? throw new CertiPureException($"{taken} is set by the manifest itself.", ErrorReason.InvalidArgument)
                : rest;
        }

        protected static int AtLeast(ParseResult parse, Option<int> option, int least) => parse.GetValue(option) is var value && value >= least
            ? value
            : throw new CertiPureException($"{option.Name[2..]} must be at least {least}, not {value}.", ErrorReason.InvalidArgument);

        private static Option<int> Number(string name, string description, int usual) =>
            new(name) { Description = $"{description} Default {usual}.", DefaultValueFactory = _ => usual };

        private static Option<string> Word(string name, string description, string usual) =>
            new(name) { Description = $"{description} Default {usual}.", DefaultValueFactory = _ => usual };

        [GeneratedRegex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$")]
        private static partial Regex Label();
    }

    private sealed class Certify : Part
    {
        private readonly Argument<int> _shards = new("SHARDS") { Description = "The number of pods." };

        public Certify(Terminal terminal)
            : base(
                "certify",
                "An Indexed Job of so many pods; certify's options follow after --.",
                "certipure kubernetes certify registry.example/certipure cifar10 8 -- --data cifar10 --classifier /data/vit.onnx --sigma 0.5",
                terminal)
        {
            Add(_shards);
            TreatUnmatchedTokensAsErrors = false;
        }

        protected override string Manifest(ParseResult parse, KubernetesOptions options)
        {
            int shards = parse.GetValue(_shards);
            if (shards < 1)
            {
                throw new CertiPureException($"The number of pods must be at least 1, not {shards}.", ErrorReason.InvalidArgument);
            }

            IReadOnlyList<string> rest = Rest(parse, "--shard", "--out");
            // All shards need the same seed: one is drawn here, unless the options name it.
            bool isSeeded = rest.Any(word => word == "--seed" || word.StartsWith("--seed=", StringComparison.Ordinal));
            return KubernetesManifests.Certify(
                options, shards, isSeeded ? rest : ["--seed", FreshSeed.Next().ToString(CultureInfo.InvariantCulture), .. rest]);
        }
    }

    private sealed class Merge(Terminal terminal) : Part(
        "merge",
        "A Job that joins the shards of certify's job and rechecks them.",
        "certipure kubernetes merge registry.example/certipure cifar10",
        terminal)
    {
        protected override string Manifest(ParseResult parse, KubernetesOptions options) => KubernetesManifests.Merge(options);
    }

    private sealed class Serve : Part
    {
        private readonly Option<string> _keys = new("--keys")
        {
            Description = "The secret that holds api-key and sealing-key. Default certipure-keys.",
            DefaultValueFactory = _ => "certipure-keys",
        };

        private readonly Option<string> _host = new("--host-name") { Description = "A name under which clients outside reach the service." };

        public Serve(Terminal terminal)
            : base(
                "serve",
                "A Deployment of the service with probes, its Service and a NetworkPolicy; more of serve's options follow after --.",
                "certipure kubernetes serve registry.example/certipure certipure --host-name certify.example",
                terminal)
        {
            Add(_keys);
            Add(_host);
            TreatUnmatchedTokensAsErrors = false;
        }

        protected override string Manifest(ParseResult parse, KubernetesOptions options) => KubernetesManifests.Serve(
            options,
            parse.GetValue(_keys)!,
            parse.GetValue(_host),
            Rest(parse, "--url", "--runs", "--api-key-file", "--sealing-key-file"));
    }
}
