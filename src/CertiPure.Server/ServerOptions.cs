using CertiPure.Recipes.Runs;
using CertiPure.Torch.Backend;

namespace CertiPure.Server;

/// <summary>How the service is configured: section <c>CertiPure</c> of the configuration (a JSON file, environment variables
/// such as <c>CertiPure__MaxDraws</c>) and the options of <c>certipure serve</c>, which win.</summary>
public sealed record ServerOptions
{
    /// <summary>Where to listen. Default <c>http://127.0.0.1:5080</c>, this machine only.</summary>
    public string Url { get; init; } = "http://127.0.0.1:5080";

    /// <summary>The folder whose run folders the page shows; null (the default) shows none.</summary>
    public string? RunsRoot { get; init; }

    /// <summary>Where data sets lie; null (the default) looks where the command line looks.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The classifier to serve, a bundled name or a path; null (the default) serves every bundled model.</summary>
    public string? Classifier { get; init; }

    /// <summary>The data set or folder of images that <see cref="Classifier"/> knows; null without one.</summary>
    public string? Data { get; init; }

    /// <summary>The purifiers on offer before <see cref="Classifier"/>, each <c>METHOD:WEIGHTS</c>. Default none.</summary>
    public IReadOnlyList<string> Purifiers { get; init; } = [];

    /// <summary>The networks' arithmetic, <c>fp32</c> or <c>bf16</c>. Default fp32.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>The networks' device, <c>cpu</c> or <c>cuda:0</c>. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads that call the networks at once; null (the default) for one per processor that the service may use.</summary>
    public int? Workers { get; init; }

    /// <summary>Threads of one operation of each worker; null (the default) for 1 on the processor.</summary>
    public int? Threads { get; init; }

    /// <summary>The networks' fixed batch size. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The key that clients send as <c>X-Api-Key</c>; null (the default) asks for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether to accept connections from other machines without a key. Default false.</summary>
    public bool AllowRemoteWithoutKey { get; init; }

    /// <summary>Host names, besides the loopback ones and the one of <see cref="Url"/>, under which clients reach the service. On
    /// <c>0.0.0.0</c> and <c>[::]</c> it also answers under every IP address, but under no other name. Default none.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>The secret with which certificates are sealed, so that this service recognises its own; null (the default)
    /// takes a random one, which ends with the process.</summary>
    public string? SealingKey { get; init; }

    /// <summary>The largest request body in bytes. Default 4 MiB.</summary>
    public int MaxUploadBytes { get; init; } = 4 << 20;

    /// <summary>The largest number of pixels of an uploaded image. Default 4 million.</summary>
    public int MaxImagePixels { get; init; } = 4_000_000;

    /// <summary>The longest time an image may take to decode. Default 2 seconds.</summary>
    public TimeSpan DecodeTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Noise levels on offer, in pixel space; each has a queue of its own, so that draws share batches. Default 0.25, 0.5
    /// and 1.</summary>
    public IReadOnlyList<double> Sigmas { get; init; } = [0.25, 0.5, 1.0];

    /// <summary>The noise level of a request that names none.</summary>
    internal double DefaultSigma => Sigmas.Contains(0.5) ? 0.5 : Sigmas[0];

    /// <summary>The most selection draws, n0. Default 1,000.</summary>
    public int MaxSelectionDraws { get; init; } = 1_000;

    /// <summary>The most draws of a request, n. Default 100,000.</summary>
    public int MaxDraws { get; init; } = 100_000;

    /// <summary>The smallest error probability. Default 1e-6.</summary>
    public double MinAlpha { get; init; } = 1e-6;

    /// <summary>The largest error probability. Default 0.05.</summary>
    public double MaxAlpha { get; init; } = 0.05;

    /// <summary>The most draws that <c>/v1/purify</c> shows. Default 16.</summary>
    public int MaxPictures { get; init; } = 16;

    /// <summary>The most requests at work or waiting. Default 128.</summary>
    public int MaxRequests { get; init; } = 128;

    /// <summary>The most draws promised and not yet done. Default 2,000,000.</summary>
    public long MaxWaitingDraws { get; init; } = 2_000_000;

    /// <summary>Whether clients may choose the seed; their certificates are marked, since who knows the seed beforehand could
    /// craft the image to the noise. Default false.</summary>
    public bool AllowClientSeed { get; init; }

    /// <summary>How long a stopping service lets running requests finish. Default 20 seconds.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The least time between two progress events of a request. Default 100 milliseconds.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a finished certificate is kept in memory under its address. Default 24 hours.</summary>
    public TimeSpan KeepCertificates { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The most bytes of certificates kept in memory; older ones, or the oldest above the size, are dropped. Default 64 MiB.</summary>
    public long MaxKeptBytes { get; init; } = 64 << 20;

    /// <summary>The folder that finished certificates are kept in, for good; null (the default) keeps them in memory.</summary>
    public string? CertificatesFolder { get; init; }

    /// <summary>Whether models are loaded on first use instead of at the start. Default false.</summary>
    public bool Lazy { get; init; }

    /// <summary>Refuses a configuration that cannot be served.</summary>
    /// <exception cref="CertiPureException">A value is impossible; the message names it.</exception>
    public void Validate()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw Invalid($"--url takes an address such as http://127.0.0.1:5080, not '{Url}'");
        }

        if (url.AbsolutePath != "/")
        {
            throw Invalid($"--url takes no path, but '{Url}' has one; put a reverse proxy in front to serve below a path");
        }

        if (!url.IsLoopback && ApiKey is null && !AllowRemoteWithoutKey)
        {
            throw new CertiPureException(
                $"{Url} is reachable from other machines; give --api-key-file F, or --without-key if everyone may use it.",
                ErrorReason.Refused);
        }

        if (Precision is not ("fp32" or "bf16"))
        {
            throw Invalid($"the service computes in fp32 or bf16, not in the precision '{Precision}'");
        }

        if (ApiKey is { Length: < 16 })
        {
            throw Invalid("the API key must have at least 16 characters");
        }

        if (SealingKey is { Length: < 16 })
        {
            throw Invalid("the sealing key must have at least 16 characters");
        }

        if (RunsRoot is not null && !Directory.Exists(RunsRoot))
        {
            throw Invalid($"--runs {RunsRoot} is not a folder");
        }

        if (CertificatesFolder is not null && !Directory.Exists(CertificatesFolder))
        {
            throw Invalid($"there is no folder {CertificatesFolder} to keep certificates in");
        }

        if (Sigmas.Count == 0 || !Sigmas.All(sigma => sigma > 0 && double.IsFinite(sigma)))
        {
            throw Invalid("Sigmas must hold finite numbers above 0");
        }

        if (!(MinAlpha > 0 && MinAlpha <= MaxAlpha && MaxAlpha < 1))
        {
            throw Invalid("MinAlpha and MaxAlpha must lie between 0 and 1, in this order");
        }

        _ = Choice.Parse<Precision>(Precision, "precision");
        _ = ComputeDevice.Parse(Device);
        (string Name, long Value)[] counts =
        [
            (nameof(MaxUploadBytes), MaxUploadBytes), (nameof(MaxImagePixels), MaxImagePixels),
            (nameof(MaxSelectionDraws), MaxSelectionDraws), (nameof(MaxDraws), MaxDraws), (nameof(MaxPictures), MaxPictures),
            (nameof(Workers), Workers ?? 1), (nameof(Threads), Threads ?? 1),
            (nameof(MaxRequests), MaxRequests), (nameof(MaxWaitingDraws), MaxWaitingDraws), (nameof(BatchSize), BatchSize),
            (nameof(MaxKeptBytes), MaxKeptBytes),
        ];
        foreach ((string name, int? threads) in ((string, int?)[])[(nameof(Workers), Workers), (nameof(Threads), Threads)])
        {
            if (threads > WorkerPlan.MostThreads)
            {
                throw Invalid($"{name} {threads} is more than four times the processors here; take at most {WorkerPlan.MostThreads}");
            }
        }

        foreach ((string name, long value) in counts)
        {
            if (value < 1)
            {
                throw Invalid($"{name} must be at least 1, not {value}");
            }
        }

        if (DecodeTime <= TimeSpan.Zero || ShutdownGrace < TimeSpan.Zero || ProgressInterval < TimeSpan.Zero
            || KeepCertificates < TimeSpan.Zero)
        {
            throw Invalid("DecodeTime, ShutdownGrace, ProgressInterval and KeepCertificates must be positive times");
        }
    }

    private static CertiPureException Invalid(string problem) =>
        new($"The service's configuration is not valid: {problem}.", ErrorReason.InvalidArgument);
}
