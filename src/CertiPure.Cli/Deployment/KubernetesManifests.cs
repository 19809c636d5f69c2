using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CertiPure.Cli.Deployment;

/// <summary>
/// Manifests for Kubernetes 1.29 or newer as JSON, which kubectl takes as it takes YAML: there any argument can be written, whatever
/// signs it has. Pods run as an ordinary user on a read-only root, without privileges, within the restricted pod security standard.
/// </summary>
internal static class KubernetesManifests
{
    private const int User = 1654;
    private const int Port = 5080;

    /// <summary>What the service has to finish and to say goodbye: its grace and ten seconds.</summary>
    private const int TerminationSeconds = 40;

    /// <summary>A mistake in the command, and a run that a check refused.</summary>
    private static readonly int[] FinalExitCodes = [2, 3];

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>An Indexed Job whose pods each certify one shard into <c>runs/NAME/shard-K</c>.</summary>
    /// <param name="options">What all manifests share.</param>
    /// <param name="shards">The number of shards.</param>
    /// <param name="arguments">The options of <c>certipure certify</c>.</param>
    public static string Certify(KubernetesOptions options, int shards, IReadOnlyList<string> arguments) => Write(new
    {
        ApiVersion = "batch/v1",
        Kind = "Job",
        Metadata = new { options.Name, Labels = Labels(options.Name) },
        Spec = new
        {
            CompletionMode = "Indexed",
            Completions = shards,
            Parallelism = shards,
            // A pod that was killed (out of memory, a node that failed) starts again and continues where its shard stopped. A mistake
            // in the command (exit code 2), or a run that a check refused (3), would only come again.
            BackoffLimitPerIndex = 5,
            PodFailurePolicy = new
            {
                Rules = new object[]
                {
                    new { Action = "FailJob", OnExitCodes = new { ContainerName = "certify", Operator = "In", Values = FinalExitCodes } },
                    new { Action = "Ignore", OnPodConditions = new[] { new { Type = "DisruptionTarget", Status = "True" } } },
                },
            },
            TtlSecondsAfterFinished = options.KeepSeconds,
            Template = Pod(options, "Never", new
            {
                Name = "certify",
                options.Image,
                Env = new object[]
                {
                    new
                    {
                        Name = "SHARD",
                        ValueFrom = new
                        {
                            FieldRef = new { FieldPath = "metadata.annotations['batch.kubernetes.io/job-completion-index']" },
                        },
                    },
                    // Kubernetes tells a pod its index, but not how many there are.
                    new { Name = "CERTIPURE_SHARD_COUNT", Value = shards.ToString(CultureInfo.InvariantCulture) },
                },
                Args = (string[])
                [
                    "certify", "--shard", "auto", "--out", $"runs/{options.Name}/shard-$(SHARD)", .. arguments.Select(Literal),
                ],
                Resources = Resources(options),
                SecurityContext = Unprivileged,
                VolumeMounts = Mounts(withData: true),
            }, withData: true),
        },
    });

    /// <summary>A Job that joins the shards into <c>runs/NAME/merged</c> and rechecks every bound and radius.</summary>
    /// <param name="options">What all manifests share.</param>
    public static string Merge(KubernetesOptions options) => Write(new
    {
        ApiVersion = "batch/v1",
        Kind = "Job",
        Metadata = new { Name = $"{options.Name}-merge", Labels = Labels(options.Name) },
        Spec = new
        {
            // A gap or a stranger would be there the next time as well.
            BackoffLimit = 0,
            TtlSecondsAfterFinished = options.KeepSeconds,
            Template = Pod(options, "Never", new
            {
                Name = "merge",
                options.Image,
                Command = new[]
                {
                    "sh", "-ec",
                    "certipure merge \"$0\"/shard-* --out \"$0/merged\" --overwrite; certipure verify \"$0/merged\"; "
                    + "certipure report \"$0/merged\"",
                    $"runs/{options.Name}",
                },
                Resources = Resources(options with { Gpus = 0 }),
                SecurityContext = Unprivileged,
                VolumeMounts = Mounts(withData: false),
            }, withData: false),
        },
    });

    /// <summary>A Deployment of the service, its Service, and a NetworkPolicy that lets clients in and nothing out.</summary>
    /// <param name="options">What all manifests share.</param>
    /// <param name="keys">The secret that holds <c>api-key</c> and <c>sealing-key</c>.</param>
    /// <param name="hostName">A name under which clients reach the service, besides the Service's own; or null.</param>
    /// <param name="arguments">More options of <c>certipure serve</c>.</param>
    public static string Serve(KubernetesOptions options, string keys, string? hostName, IReadOnlyList<string> arguments)
    {
        Dictionary<string, string> labels = Labels(options.Name);
        var deployment = new
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = new { options.Name, Labels = labels },
            Spec = new
            {
                Replicas = 1,
                Selector = new { MatchLabels = labels },
                Template = Pod(options, "Always", new
                {
                    Name = "serve",
                    options.Image,
                    Args = (string[])
                    [
                        "serve", "--url", $"http://0.0.0.0:{Port}", "--runs", "runs", "--api-key-file", "/keys/api-key",
                        "--sealing-key-file", "/keys/sealing-key", .. arguments.Select(Literal),
                    ],
                    // The Service's name, and the name from outside, where there is one.
                    Env = new[] { options.Name, hostName }.OfType<string>().Select(
                        (name, i) => new { Name = $"CertiPure__HostNames__{i}", Value = name }),
                    Ports = new[] { new { Name = "http", ContainerPort = Port } },
                    // Loading the models may take a while; only then is a service that does not answer one that is stuck.
                    StartupProbe = new { HttpGet = new { Path = "/readyz", Port = "http" }, PeriodSeconds = 5, FailureThreshold = 60 },
                    ReadinessProbe = new { HttpGet = new { Path = "/readyz", Port = "http" }, PeriodSeconds = 10 },
                    LivenessProbe = new { HttpGet = new { Path = "/healthz", Port = "http" }, PeriodSeconds = 20, TimeoutSeconds = 10 },
                    Resources = Resources(options),
                    SecurityContext = Unprivileged,
                    VolumeMounts = Mounts(withData: true).Append(new VolumeMount("keys", "/keys", true)),
                }, withData: true, keys, labels),
            },
        };
        var service = new
        {
            ApiVersion = "v1",
            Kind = "Service",
            Metadata = new { options.Name, Labels = labels },
            Spec = new { Selector = labels, Ports = new[] { new { Name = "http", Port = 80, TargetPort = "http" } } },
        };
        var policy = new
        {
            ApiVersion = "networking.k8s.io/v1",
            Kind = "NetworkPolicy",
            Metadata = new { options.Name, Labels = labels },
            Spec = new
            {
                PodSelector = new { MatchLabels = labels },
                PolicyTypes = new[] { "Ingress", "Egress" },
                Ingress = new[] { new { Ports = new[] { new { Protocol = "TCP", Port } } } },
                // The service asks nobody for anything.
                Egress = Array.Empty<object>(),
            },
        };
        return Write(new { ApiVersion = "v1", Kind = "List", Items = new object[] { deployment, service, policy } });
    }

    private static object Unprivileged { get; } = new
    {
        AllowPrivilegeEscalation = false,
        ReadOnlyRootFilesystem = true,
        Capabilities = new { Drop = new[] { "ALL" } },
    };

    /// <summary>Kubernetes would expand <c>$(NAME)</c> in an argument; a doubled dollar sign stands for one.</summary>
    private static string Literal(string argument) => argument.Replace("$(", "$$(", StringComparison.Ordinal);

    private static string Write(object manifest) => JsonSerializer.Serialize(manifest, Json);

    private static Dictionary<string, string> Labels(string name) =>
        new() { ["app.kubernetes.io/name"] = "certipure", ["app.kubernetes.io/instance"] = name };

    private static object Resources(KubernetesOptions options)
    {
        var amounts = new Dictionary<string, string>
        {
            ["cpu"] = options.Cpus.ToString(CultureInfo.InvariantCulture), ["memory"] = options.Memory,
        };
        if (options.Gpus > 0)
        {
            amounts["nvidia.com/gpu"] = options.Gpus.ToString(CultureInfo.InvariantCulture);
        }

        // Alike, so that a pod is never throttled below what it asked for, nor killed for what it was promised.
        return new { Requests = amounts, Limits = amounts };
    }

    private static VolumeMount[] Mounts(bool withData)
    {
        VolumeMount[] own = [new("runs", "/workspace/runs", null), new("tmp", "/tmp", null)];
        return withData ? [.. own, new VolumeMount("data", "/data", true)] : own;
    }

    private static object Pod(
        KubernetesOptions options,
        string restart,
        object container,
        bool withData,
        string? keys = null,
        Dictionary<string, string>? labels = null)
    {
        var volumes = new List<object>
        {
            // One volume for all pods (ReadWriteMany); each writes a folder of its own.
            new { Name = "runs", PersistentVolumeClaim = new { ClaimName = options.RunsClaim } },
            new { Name = "tmp", EmptyDir = new { } },
        };
        if (withData)
        {
            volumes.Add(new { Name = "data", PersistentVolumeClaim = new { ClaimName = options.DataClaim, ReadOnly = true } });
        }

        if (keys is not null)
        {
            volumes.Add(new { Name = "keys", Secret = new { SecretName = keys } });
        }

        return new
        {
            Metadata = new { Labels = labels ?? Labels(options.Name) },
            Spec = new
            {
                RestartPolicy = restart,
                AutomountServiceAccountToken = false,
                TerminationGracePeriodSeconds = TerminationSeconds,
                SecurityContext = new
                {
                    RunAsNonRoot = true,
                    RunAsUser = User,
                    RunAsGroup = User,
                    FsGroup = User,
                    SeccompProfile = new { Type = "RuntimeDefault" },
                },
                ImagePullSecrets = options.PullSecret is { } secret ? new[] { new { Name = secret } } : null,
                Containers = new[] { container },
                Volumes = volumes,
            },
        };
    }

    private sealed record VolumeMount(string Name, string MountPath, bool? ReadOnly);
}

/// <summary>What all manifests share.</summary>
/// <param name="Image">The container image.</param>
/// <param name="Name">The name of the job or service, a DNS label.</param>
/// <param name="Cpus">Processors of a pod: what it asks for and the most it gets. Its workers follow them.</param>
/// <param name="Memory">Memory of a pod, as Kubernetes writes it: <c>8Gi</c>.</param>
/// <param name="Gpus">Graphics cards of a pod.</param>
/// <param name="RunsClaim">The volume claim that run folders are in.</param>
/// <param name="DataClaim">The volume claim that data sets and weights are in, mounted read-only.</param>
/// <param name="PullSecret">The secret to pull the image with, or null.</param>
/// <param name="KeepSeconds">How long a finished job is kept.</param>
internal sealed record KubernetesOptions(
    string Image,
    string Name,
    int Cpus,
    string Memory,
    int Gpus,
    string RunsClaim,
    string DataClaim,
    string? PullSecret,
    int KeepSeconds);
