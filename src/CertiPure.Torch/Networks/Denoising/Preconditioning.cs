using static TorchSharp.torch;

namespace CertiPure.Torch.Networks.Denoising;

/// <summary>How a raw network F becomes a denoiser D. Noise levels t are in network space, where images lie in [-1,1].</summary>
public abstract record Preconditioning
{
    /// <summary>The name in a checkpoint's metadata.</summary>
    public abstract string Name { get; }

    /// <summary>The scalings at levels t.</summary>
    /// <param name="t">Noise levels, <c>[N]</c>, above 0.</param>
    public Scalings At(Tensor t) => Compute(t.to(ScalarType.Float32).view(-1, 1, 1, 1));

    /// <summary>Finds a preconditioning by the name that checkpoints hold.</summary>
    /// <exception cref="CertiPureException">There is none of that name.</exception>
    public static Preconditioning Named(string name) => name switch
    {
        "edm" => new EdmPreconditioning(),
        "consistency" => new ConsistencyPreconditioning(),
        "vp" => new VpPreconditioning(),
        "ve" => new VePreconditioning(),
        "ddpm" => new DdpmPreconditioning(),
        _ => throw new CertiPureException(
            $"There is no preconditioning '{name}': choose edm, consistency, vp, ve or ddpm."),
    };

    /// <summary>The scalings at levels <c>[N,1,1,1]</c>.</summary>
    protected abstract Scalings Compute(Tensor t);
}
