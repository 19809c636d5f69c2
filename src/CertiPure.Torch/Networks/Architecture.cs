using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CertiPure.Torch.Backend;
using CertiPure.Torch.Checkpoints;
using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Networks.Features;
using CertiPure.Torch.Networks.UNets;
using TorchSharp;

namespace CertiPure.Torch.Networks;

/// <summary>
/// A kind of network that a checkpoint can name: its name and the arguments in the checkpoint's metadata are enough to build
/// it. A new architecture is one file plus its line in <see cref="All"/>.
/// </summary>
/// <param name="Name">The name as its paper or reference code writes it: <c>SongUNet</c>, <c>CifarResNet</c>, ...</param>
/// <param name="Build">Builds the network from its JSON arguments, with weights to be drawn or loaded.</param>
public sealed record Architecture(string Name, Func<JsonElement, torch.nn.Module> Build)
{
    /// <summary>The key of a checkpoint's metadata with the architecture's name.</summary>
    public const string NameKey = "architecture";

    /// <summary>The key of a checkpoint's metadata with the architecture's arguments, a JSON object.</summary>
    public const string ArgumentsKey = "arguments";

    private static readonly Lazy<IReadOnlyList<Architecture>> Known = new(
        () =>
        [
            AlexNet.Architecture,
            CifarResNet.Architecture,
            ConsistencyUNet.Architecture,
            DhariwalUNet.Architecture,
            GuidedDiffusionUNet.Architecture,
            ImprovedDiffusionUNet.Architecture,
            InceptionV3.Architecture,
            ResNet.Architecture,
            ResNet110.Architecture,
            ResNet.ResNet50,
            SongUNet.Architecture,
            SqueezeNet.Architecture,
            UNet2DModel.Architecture,
            Vgg16.Architecture,
            VisionTransformer.Architecture,
            WideResNet.Architecture,
        ]);

    /// <summary>A number of weights that the network of some arguments does not fall short of; 0 where they do not change it.</summary>
    internal Func<JsonElement, double> LeastWeights { get; init; } = _ => 0;

    /// <summary>The tensors of a checkpoint of some arguments under this project's names, from those under which others publish the network.
    /// What it does not know stays as it is, for the loader to judge.</summary>
    internal Func<Checkpoint, JsonElement, Checkpoint> Import { get; init; } = (checkpoint, _) => checkpoint;

    /// <summary>Every architecture, in alphabetical order.</summary>
    public static IReadOnlyList<Architecture> All => Known.Value;

    /// <summary>Finds an architecture by name, whatever its case.</summary>
    /// <exception cref="CertiPureException">There is none of that name.</exception>
    public static Architecture Named(string name) =>
        All.FirstOrDefault(architecture => string.Equals(architecture.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CertiPureException(
            $"There is no architecture '{name}': choose one of {string.Join(", ", All.Select(known => known.Name))}.",
            ErrorReason.InvalidArgument);

    /// <summary>Builds a network whose weights will be loaded.</summary>
    /// <typeparam name="TNetwork">What the network must be: <see cref="DiffusionNetwork"/> or a classifier.</typeparam>
    /// <param name="arguments">Its arguments, a JSON object.</param>
    /// <param name="weights">What will be loaded, if the arguments come with it: a network that is larger is refused before it takes
    /// memory. Null where the arguments are trusted.</param>
    /// <exception cref="CertiPureException">An argument is unknown, missing or impossible, the network is of another kind, or it has more
    /// weights than there are.</exception>
    public TNetwork Create<TNetwork>(string arguments, Checkpoint? weights = null)
        where TNetwork : torch.nn.Module
    {
        torch.nn.Module network;
        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments);
            if (weights is not null)
            {
                RefuseLarger(document.RootElement, weights);
            }

            network = Build(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException || NativeError.IsRefusal(exception))
        {
            throw Impossible(arguments, exception);
        }

        return network as TNetwork
            ?? throw new CertiPureException(
                $"The architecture {Name} is not a {typeof(TNetwork).Name}: choose a checkpoint made for that use.");
    }

    /// <summary>The tensors of a checkpoint under this project's names, see <see cref="Import"/>.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="arguments">The network's arguments, a JSON object.</param>
    /// <exception cref="CertiPureException">An argument is unknown, missing or impossible.</exception>
    internal Checkpoint ImportFrom(Checkpoint checkpoint, string arguments)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(arguments);
            RefuseLarger(document.RootElement, checkpoint);
            return Import(checkpoint, document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw Impossible(arguments, exception);
        }
    }

    /// <summary>An architecture whose arguments tell its size.</summary>
    internal static Architecture Of<TOptions>(string name, Func<TOptions, torch.nn.Module> build)
        where TOptions : class, INetworkOptions =>
        new(name, arguments => build(ArchitectureArguments.Read<TOptions>(arguments)))
        {
            LeastWeights = arguments => ArchitectureArguments.Read<TOptions>(arguments).LeastWeights,
        };

    private CertiPureException Impossible(string arguments, Exception reason) => new(
        $"The arguments {arguments} do not make a {Name} ({NativeError.Reason(reason)}): correct them.", reason, ErrorReason.InvalidArgument);

    private void RefuseLarger(JsonElement arguments, Checkpoint weights)
    {
        double least = LeastWeights(arguments);
        if (least > weights.ElementCount)
        {
            throw new CertiPureException(string.Create(
                CultureInfo.InvariantCulture,
                $"The checkpoint '{weights.Path ?? "in memory"}' does not fit {Name} of its arguments (they make at least {least:N0} weights, "
                + $"and it holds {weights.ElementCount:N0}); choose the architecture and arguments that it was trained with."));
        }
    }
}

/// <summary>Reads and writes a network's arguments as JSON, in the names of its reference code (<c>model_channels</c>).</summary>
public static class ArchitectureArguments
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Reads arguments.</summary>
    /// <exception cref="JsonException">An argument is unknown, missing or of another type.</exception>
    public static TOptions Read<TOptions>(JsonElement arguments)
        where TOptions : class =>
        arguments.Deserialize<TOptions>(Format) ?? throw new JsonException("the arguments are null");

    /// <summary>Writes arguments on one line.</summary>
    public static string Write<TOptions>(TOptions options)
        where TOptions : class => JsonSerializer.Serialize(options, Format);
}

/// <summary>The arguments of a network, which tell how large it will be before it is built.</summary>
internal interface INetworkOptions
{
    /// <summary>A number of weights that the network does not fall short of, and exceeds by a small factor at most; computed without
    /// overflow whatever the arguments.</summary>
    double LeastWeights { get; }
}

/// <summary>How many weights layers have. A hostile count below 0 counts as 0, so that it balances no other.</summary>
internal static class LayerWeights
{
    /// <summary>Blocks with one 3x3 convolution each that keeps the width, and perhaps a layer from an embedding to that width.</summary>
    public static double Blocks(double count, double width, double embedding = 0) =>
        AtLeastZero(count) * Math.Max(1, (9 * Dense(width, width)) + Dense(embedding, width));

    /// <summary>A matrix.</summary>
    public static double Dense(double inputs, double outputs) => AtLeastZero(inputs) * AtLeastZero(outputs);

    private static double AtLeastZero(double count) => Math.Max(0, count);
}
