using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Server.Models;
using CertiPure.Server.Tests.Fakes;

namespace CertiPure.Server.Tests.Models;

public sealed class QueuedModelTests
{
    [Fact]
    public async Task Nothing_is_shown_to_who_has_gone_before_the_turn_came()
    {
        var library = new TemplateLibrary();
        using var turns = new DeviceTurns(new WorkerPlan(1, 1, "a test"));
        using var model = new QueuedModel(library.Models[0], library.Load("fashion-templates", "blur", 0.5), turns);
        using var release = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        Task before = turns.RunAsync(release.Wait, CancellationToken.None);
        var showing = model.ShowAsync(new ImageBatch(model.Offer.Shape, 3), gone.Token);
        await gone.CancelAsync();
        release.Set();

        await before;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => showing);
        Assert.Equal(0, library.Board.Passed);
    }
}
