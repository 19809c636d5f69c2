using CertiPure.Smoothing;

namespace CertiPure.Tests.Smoothing;

/// <summary>Wants a number of draws and tells when they are taken, so that a test can wait for it.</summary>
internal sealed class WatchedConsumer(int id, int draws, int watched = int.MaxValue)
    : DrawConsumer(ScriptedClassifier.Image(id), new NoiseSource(1))
{
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the watched number of draws has been taken.</summary>
    internal Task WatchedAreTaken => _taken.Task;

    public override int Needed => draws;

    public override int Limit => draws;

    public override bool IsFinished => Received == draws;

    private protected override Draw At(int position)
    {
        if (position + 1 == watched)
        {
            _taken.SetResult();
        }

        return new Draw(NoisePhase.Display, position);
    }

    private protected override void Count(int position, int label)
    {
    }
}
