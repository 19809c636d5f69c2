using System.Text.Json.Nodes;
using CertiPure.Server.Certification;
using CertiPure.Server.Models;
using CertiPure.Server.Tests.Fakes;
using CertiPure.Smoothing;
using Microsoft.Extensions.DependencyInjection;

namespace CertiPure.Server.Tests.Certification;

public sealed class CertifierTests
{
    [Fact]
    public async Task What_one_request_throws_ends_that_request_and_leaves_the_queue_to_the_others()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var queues = server.Services.GetRequiredService<ModelQueues>();
        QueuedModel model = await queues.GetAsync("fashion-templates", "blur", 0.5);
        server.Board.Allow(0);
        Task<JsonNode> other = server.PostJsonAsync("/v1/certify", RunningServer.Form(2, ("sigma", "0.5"), ("purifier", "blur"), ("n", "200")));
        await server.UntilAsync(health => (int)health["queuedDraws"]! == 300);
        var consumer = new Smoothing.Certification(
            new FashionImages().Read(1), model.Queue.Classifier.ClassCount, model.Sigma, new FixedPlan(10, 100), new NoiseSource(1));
        Task broken = server.Services.GetRequiredService<Certifier>().RunAsync(
            model, consumer, () => throw new InvalidOperationException("this request's own"), TestContext.Current.CancellationToken);
        server.Board.Open();

        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => broken);
        Assert.Equal("this request's own", thrown.Message);
        Assert.NotNull((await other)["certificate"]);
        Assert.False(model.Queue.HasFailed);
        Assert.Same(model, await queues.GetAsync("fashion-templates", "blur", 0.5));
    }

    [Fact]
    public async Task A_queue_whose_base_classifier_has_failed_is_loaded_afresh()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var queues = server.Services.GetRequiredService<ModelQueues>();
        QueuedModel model = await queues.GetAsync("fashion-templates", "blur", 0.5);
        server.Board.FailNext();
        using HttpResponseMessage failed = await server.PostAsync(
            "/v1/certify", RunningServer.Form(2, ("sigma", "0.5"), ("purifier", "blur"), ("n", "200")));
        Assert.Equal(500, (int)failed.StatusCode);
        Assert.NotSame(model, await queues.GetAsync("fashion-templates", "blur", 0.5));
    }
}
