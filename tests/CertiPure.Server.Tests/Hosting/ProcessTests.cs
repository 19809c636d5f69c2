using System.Globalization;
using CertiPure.Imaging;
using CertiPure.Server.Tests.Fakes;

namespace CertiPure.Server.Tests.Hosting;

/// <summary>How the real processes end.</summary>
public sealed class ProcessTests
{
    private const int Many = 100_000;

    [Theory]
    [InlineData("TERM", true)]
    [InlineData("TERM", false)]
    [InlineData("INT", false)]
    public async Task A_signal_to_either_process_gives_what_runs_its_grace_and_then_says_so_and_exits_0(string signal, bool toService)
    {
        SkipWhereThereIsNoProc();
        await using ServeProcess serve = await ServeProcess.StartAsync(("CertiPure__ShutdownGrace", "00:00:03"));
        using HttpResponseMessage response = await CertifyAsync(serve, Many);
        await using IAsyncEnumerator<ServerSentEvent> events = ServerSentEvent.ReadAsync(response).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await UntilAsync(events, "progress");
        await ServeProcess.SignalAsync(toService ? serve.Service : serve.Command, signal);

        ServerSentEvent error = await UntilAsync(events, "error");
        Assert.Matches($"stopped after [0-9]+ of at most {Many + 100} draws", (string)error.Data["detail"]!);
        (int exitCode, string output) = await serve.EndAsync();
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("xception", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_finish_in_the_grace_is_finished()
    {
        SkipWhereThereIsNoProc();
        await using ServeProcess serve = await ServeProcess.StartAsync(("CertiPure__ShutdownGrace", "00:10:00"));
        using HttpResponseMessage response = await CertifyAsync(serve, 500);
        await using IAsyncEnumerator<ServerSentEvent> events = ServerSentEvent.ReadAsync(response).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await UntilAsync(events, "accepted");
        await ServeProcess.SignalAsync(serve.Command, "TERM");

        await UntilAsync(events, "certificate");
        Assert.Equal(0, (await serve.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_service_stops_when_the_command_is_killed()
    {
        SkipWhereThereIsNoProc();
        await using ServeProcess serve = await ServeProcess.StartAsync(("CertiPure__ShutdownGrace", "00:00:00"));
        await ServeProcess.SignalAsync(serve.Command, "KILL");
        await serve.Service.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static void SkipWhereThereIsNoProc() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows which process is another's child in /proc.");

    private static Task<HttpResponseMessage> CertifyAsync(ServeProcess serve, int draws) => serve.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "/v1/certify")
        {
            Content = RunningServer.Upload(
                PngImage.Encode(new FashionImages().Read(1)),
                ("model", "fashion-mnist"), ("n", draws.ToString(CultureInfo.InvariantCulture))),
        },
        HttpCompletionOption.ResponseHeadersRead,
        TestContext.Current.CancellationToken);

    private static async Task<ServerSentEvent> UntilAsync(IAsyncEnumerator<ServerSentEvent> events, string name)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.Name == name)
            {
                return events.Current;
            }
        }

        Assert.Fail($"The stream ended without the event {name}.");
        throw new InvalidOperationException();
    }
}
