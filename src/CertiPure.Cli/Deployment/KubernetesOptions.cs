namespace CertiPure.Cli.Deployment;

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
