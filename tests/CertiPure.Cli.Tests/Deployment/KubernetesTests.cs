using System.Text.Json.Nodes;
using CertiPure.Cli.Deployment;
using k8s;
using k8s.Models;

namespace CertiPure.Cli.Tests.Deployment;

/// <summary>The manifests as Kubernetes' own types read them, and the pods' commands run one after the other; no cluster is needed for
/// that.</summary>
public sealed class KubernetesTests : IDisposable
{
    private const string Name = "linear";
    private const int Shards = 3;

    private static readonly KubernetesOptions Options = new(
        "registry.example/certipure", Name, 4, "8Gi", 1, "certipure-runs", "certipure-data", "pull", 3600);

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_manifests_commands_give_the_run_of_one_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts need a shell.");
        (await CommandResult.Of(_bench.Certify())).Succeeded();
        string[] manifests = (await PrintAsync([.. _bench.Certify()[1..^2]])).Split("---\n");
        V1Job job = Read<V1Job>(manifests[0]);
        Assert.Equal(Shards, job.Spec.Completions);
        Assert.Equal(Shards, job.Spec.Parallelism);
        V1Container certify = job.Spec.Template.Spec.Containers.Single();
        // What Kubernetes does: expand $(SHARD) in the arguments, take $$ for a dollar sign, and set the index and the variables.
        Assert.Equal($"{Shards}", certify.Env.Single(variable => variable.Name == "CERTIPURE_SHARD_COUNT").Value);
        for (int index = 0; index < Shards; index++)
        {
            (int exitCode, _, string error) = await InContainerAsync(
                index, ["certipure", .. certify.Args.Select(argument => Expand(argument, index))]);
            Assert.True(exitCode == 0, error);
        }

        V1Container merge = Read<V1Job>(manifests[1]).Spec.Template.Spec.Containers.Single();
        (int merged, string report, string problem) = await InContainerAsync(null, [.. merge.Command]);
        Assert.True(merged == 0, problem);
        Assert.Contains("every bound and radius follows from its counts", report, StringComparison.Ordinal);
        Assert.Equal(Workbench.WithoutTimes(_bench.Run), Workbench.WithoutTimes(_bench.At($"runs/{Name}/merged")));
    }

    [Theory]
    [InlineData("""/data/a "b" & c|d\e 'f' $g.onnx""")]
    [InlineData("$(SHARD)")]
    [InlineData("$$(HOME) {{x}} # : - [é]\n\ttab")]
    public async Task Arguments_reach_the_pod_whatever_signs_they_have(string odd)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts need a shell.");
        string manifest = (await PrintAsync(["--classifier", odd])).Split("---\n")[0];
        IList<string> arguments = Read<V1Job>(manifest).Spec.Template.Spec.Containers.Single().Args;
        Assert.Equal(["--classifier", odd], arguments.TakeLast(2).Select(argument => Expand(argument, 7)));
    }

    [Fact]
    public void Every_member_of_the_jobs_is_one_that_Kubernetes_knows_and_the_pods_are_restricted()
    {
        foreach (string manifest in new[] { KubernetesManifests.Certify(Options, Shards, ["--sigma", "0.5"]), KubernetesManifests.Merge(Options) })
        {
            V1Job job = Read<V1Job>(manifest);
            Assert.Equal(3600, job.Spec.TtlSecondsAfterFinished);
            IsRestricted(job.Spec.Template.Spec);
        }

        V1Job certify = Read<V1Job>(KubernetesManifests.Certify(Options, Shards, []));
        Assert.Equal("True", certify.Spec.PodFailurePolicy.Rules[1].OnPodConditions.Single().Status);
        Assert.Equal("1", certify.Spec.Template.Spec.Containers.Single().Resources.Limits["nvidia.com/gpu"].ToString());
    }

    [Fact]
    public void Every_member_of_the_service_is_one_that_Kubernetes_knows_and_its_parts_find_one_another()
    {
        JsonArray items = JsonNode.Parse(KubernetesManifests.Serve(Options, "keys", "certify.example", ["--lazy"]))!["items"]!.AsArray();
        V1Deployment deployment = Read<V1Deployment>(items[0]!.ToJsonString());
        V1Service service = Read<V1Service>(items[1]!.ToJsonString());
        V1NetworkPolicy policy = Read<V1NetworkPolicy>(items[2]!.ToJsonString());
        V1PodTemplateSpec pod = deployment.Spec.Template;
        IsRestricted(pod.Spec);
        V1Container container = pod.Spec.Containers.Single();
        Assert.All(
            new[] { deployment.Spec.Selector.MatchLabels, service.Spec.Selector, policy.Spec.PodSelector.MatchLabels },
            selector => Assert.Equal(selector, pod.Metadata.Labels));
        Assert.Equal("/readyz", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/healthz", container.LivenessProbe.HttpGet.Path);
        Assert.Equal(container.Ports.Single().ContainerPort, int.Parse(policy.Spec.Ingress.Single().Ports.Single().Port.Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(policy.Spec.Egress);
        Assert.Equal([Name, "certify.example"], container.Env.Select(variable => variable.Value));
        Assert.Equal("--lazy", container.Args[^1]);
    }

    [Theory]
    [InlineData("certify", "image", "Capital", "3")]
    [InlineData("certify", "image", "name-", "3")]
    [InlineData("certify", "image", "name", "0")]
    [InlineData("certify", "image", "name", "3", "--cpus", "0")]
    [InlineData("certify", "image", "name", "3", "--", "--out", "elsewhere")]
    [InlineData("serve", "image", "name", "--", "--url=http://0.0.0.0:1")]
    public async Task What_cannot_run_is_refused(params string[] words) =>
        (await CommandResult.Of(["kubernetes", .. words])).Refused(ExitCode.Usage);

    [Fact]
    public async Task A_failed_merge_ends_the_script_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts need a shell.");
        string programs = Directory.CreateDirectory(_bench.At("kubectl")).FullName;
        string kubectl = Path.Combine(programs, "kubectl");
        await File.WriteAllTextAsync(
            kubectl,
            """
            #!/bin/sh
            case "$*" in
              "get job/linear-merge"*) echo Failed ;;
              "get job/linear"*) echo Complete ;;
              "apply"*) cat > /dev/null ;;
              "logs"*) echo "there is a gap" ;;
            esac
            """,
            TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(kubectl, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        (int exitCode, _, string error) = await SubmitAsync(
            ["--sigma", "0.5"], ("PATH", $"{programs}:{Environment.GetEnvironmentVariable("PATH")}"), ("POLL_SECONDS", "0"));
        Assert.Equal(1, exitCode);
        Assert.Contains("there is a gap", error, StringComparison.Ordinal);
        Assert.Contains("The job linear-merge failed", error, StringComparison.Ordinal);
    }

    /// <summary>Reads a manifest as Kubernetes' own type, and finds all of it again: an unknown or misplaced member would be lost.</summary>
    private static T Read<T>(string manifest)
    {
        T typed = KubernetesJson.Deserialize<T>(manifest);
        Assert.Equal(
            JsonNode.Parse(manifest)!.ToJsonString(), Ordered(JsonNode.Parse(KubernetesJson.Serialize(typed))!, JsonNode.Parse(manifest)!).ToJsonString());
        return typed;
    }

    /// <summary>An object with its members in another's order, since theirs does not matter.</summary>
    private static JsonNode Ordered(JsonNode node, JsonNode like) => (node, like) switch
    {
        (JsonObject members, JsonObject order) => new JsonObject(
            members.OrderBy(member => order.Select(each => each.Key).ToList().IndexOf(member.Key))
                .Select(member => KeyValuePair.Create(member.Key, member.Value is null || order[member.Key] is not { } other
                    ? member.Value?.DeepClone()
                    : Ordered(member.Value, other)))),
        (JsonArray items, JsonArray others) when items.Count == others.Count =>
            new JsonArray([.. items.Zip(others).Select(pair => Ordered(pair.First!, pair.Second!))]),
        _ => node.DeepClone(),
    };

    private static void IsRestricted(V1PodSpec pod)
    {
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Equal("pull", pod.ImagePullSecrets.Single().Name);
        V1Container container = pod.Containers.Single();
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.Equal("4", container.Resources.Limits["cpu"].ToString());
        Assert.Equal("8Gi", container.Resources.Requests["memory"].ToString());
        Assert.Contains(container.VolumeMounts, mount => mount.MountPath == "/tmp");
        Assert.All(container.VolumeMounts, mount => Assert.Contains(pod.Volumes, volume => volume.Name == mount.Name));
    }

    private static string Expand(string argument, int index) =>
        argument.Replace("$$(", "\0", StringComparison.Ordinal)
            .Replace("$(SHARD)", $"{index}", StringComparison.Ordinal)
            .Replace("\0", "$(", StringComparison.Ordinal);

    private static async Task<string> PrintAsync(string[] options)
    {
        (int exitCode, string output, string error) = await SubmitAsync(options, ("PRINT", "1"));
        Assert.True(exitCode == 0, error);
        return output;
    }

    private static Task<(int ExitCode, string Output, string Error)> SubmitAsync(string[] options, params (string Name, string Value)[] variables) =>
        Script.RunAsync(
            Script.Root,
            variables.Append(("CERTIPURE", Script.CertiPure)).ToDictionary(pair => pair.Item1, pair => pair.Item2),
            Path.Combine(Script.Root, "deploy", "kubernetes", "submit"),
            ["registry.example/certipure", Name, $"{Shards}", .. options]);

    /// <summary>Runs a command with the program <c>certipure</c> in the path, in a working folder that has <c>runs</c>.</summary>
    private async Task<(int ExitCode, string Output, string Error)> InContainerAsync(int? index, string[] command)
    {
        string programs = Directory.CreateDirectory(_bench.At("programs")).FullName;
        string program = Path.Combine(programs, "certipure");
        if (!File.Exists(program) && !OperatingSystem.IsWindows())
        {
            File.WriteAllText(program, $"#!/bin/sh\nexec {Script.CertiPure} \"$@\"\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var environment = new Dictionary<string, string>
        {
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            ["CERTIPURE_SHARD_COUNT"] = $"{Shards}",
        };
        if (index is { } number)
        {
            environment["JOB_COMPLETION_INDEX"] = $"{number}";
        }

        return await Script.RunAsync(_bench.Folder, environment, "sh", ["-c", "exec \"$@\"", "sh", .. command]);
    }
}
