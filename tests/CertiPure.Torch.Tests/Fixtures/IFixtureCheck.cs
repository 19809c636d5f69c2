namespace CertiPure.Torch.Tests.Fixtures;

/// <summary>Compares one kind of fixture with this project. <see cref="FixtureParityTests"/> finds every implementation in
/// this assembly; each has a constructor without parameters.</summary>
internal interface IFixtureCheck
{
    /// <summary>Whether the fixture is of this kind, judged by its spec and never by its folder's name.</summary>
    bool Recognises(Fixture fixture);

    /// <summary>The largest error, as a share of the output's largest magnitude, that is still agreement.</summary>
    double Tolerance(Fixture fixture) => 1e-4;

    /// <summary>Computes every output of the fixture.</summary>
    IEnumerable<FixtureComparison> Compare(Fixture fixture);
}
