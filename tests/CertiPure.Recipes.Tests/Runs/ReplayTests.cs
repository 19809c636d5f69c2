using CertiPure.Recipes.Runs;
using CertiPure.Smoothing;

namespace CertiPure.Recipes.Tests.Runs;

public sealed class ReplayTests
{
    [Fact]
    public void The_same_votes_confirm() => Assert.False(Replay.Refute([Of(900, 0, 900, 0)]));

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void More_than_one_differing_vote_in_a_thousand_refutes(int differing, bool isRefuted)
    {
        Replay replay = Of(900, 0, 900 - differing, 0);
        Assert.Equal((differing, 1100), (replay.DifferingVotes, replay.ComparedVotes));
        Assert.Equal(isRefuted, Replay.Refute([replay]));
        // Over several images the share counts.
        Assert.False(Replay.Refute([replay, Of(900, 0, 900, 0)]));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(null, 0)]
    [InlineData(0, 1)]
    public void Another_predicted_class_refutes_though_no_vote_differs(int? claimed, int? replayed) =>
        Assert.True(Replay.Refute([Of(520, claimed, 520, replayed), .. Enumerable.Repeat(Of(900, 0, 900, 0), 100)]));

    [Fact]
    public void Abstentions_count_too() => Assert.True(Replay.Refute([Of(500, null, 480, null)]));

    private static Replay Of(int claimed, int? claimedClass, int replayed, int? replayedClass) =>
        new(Make(claimed, claimedClass), Make(replayed, replayedClass));

    private static Certificate Make(int votes, int? predicted) => new(
        0, 0, predicted, [100, 0], [new Look([votes, 1000 - votes], 0, 0.001, 0)], 1000, 0.5, 0, 1);
}
