using System.CommandLine;
using System.Security.Cryptography;
using CertiPure.Recipes.Runs;

namespace CertiPure.Cli.Options;

/// <summary>How certificates are attacked: <c>--attack --attack-images --attack-factors --attack-steps --attack-samples
/// --attack-draws --attack-seed</c>.</summary>
internal sealed class AttackOptions
{
    private static readonly AttackSettings Usual = new() { Seed = 0 };

    private readonly Option<bool> _attack = new("--attack")
    {
        Description = "Search a change of the image that breaks its certificate, by gradients through purifier and classifier.",
    };

    private readonly Option<int> _images = Count("--attack-images", "Attack this many certificates, spread over the run.", 10);
    private readonly Option<int> _steps = Count("--attack-steps", "Gradient steps of an attack.", Usual.Steps);
    private readonly Option<int> _samples = Count("--attack-samples", "Noise draws that each gradient is averaged over.", Usual.Samples);
    private readonly Option<int> _draws = Count("--attack-draws", "Draws of PREDICT on each changed image.", Usual.Draws);

    private readonly Option<string> _factors = new("--attack-factors")
    {
        Description = "How far to go, in certified radii; above 1 the attack should succeed.",
        HelpName = "F,...",
        DefaultValueFactory = _ => string.Join(',', Usual.Factors),
    };

    private readonly Option<ulong?> _seed = new("--attack-seed")
    {
        Description = "Seed of the attack's noise; a fresh one by default.",
        HelpName = "N",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[_attack, _images, _factors, _steps, _samples, _draws, _seed])
        {
            verb.Add(option);
        }
    }

    /// <summary>The number of certificates to attack, 0 where no attack is asked for.</summary>
    public int Images(ParseResult parse) => parse.GetValue(_attack) ? AtLeastOne(parse, _images) : 0;

    /// <summary>What the options ask for.</summary>
    /// <exception cref="CertiPureException">An option's value is impossible.</exception>
    public AttackSettings Read(ParseResult parse) => new()
    {
        Factors = ReadFactors(parse.GetRequiredValue(_factors)),
        Steps = AtLeastOne(parse, _steps),
        Samples = AtLeastOne(parse, _samples),
        Draws = AtLeastOne(parse, _draws),
        Seed = parse.GetValue(_seed) ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
    };

    private static Option<int> Count(string name, string description, int usual) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
    };

    private static int AtLeastOne(ParseResult parse, Option<int> option) => parse.GetValue(option) is >= 1 and var count
        ? count
        : throw new CertiPureException($"{option.Name} counts from 1.", ErrorReason.InvalidArgument);

    private static double[] ReadFactors(string text) =>
    [
        .. text.Split(',').Select(part =>
            NumberText.ReadReal(part, out double factor) is null && factor > 0
                ? factor
                : throw new CertiPureException(
                    $"--attack-factors {text} is not a list of numbers above 0; write for example 1,4.", ErrorReason.InvalidArgument)),
    ];
}
