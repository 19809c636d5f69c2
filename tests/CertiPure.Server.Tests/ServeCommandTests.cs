namespace CertiPure.Server.Tests;

public sealed class ServeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-serve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2, "--url", "ftp://127.0.0.1")]
    [InlineData(3, "--url", "http://0.0.0.0:5080")]
    [InlineData(2, "--runs", "/no/such/folder")]
    [InlineData(2, "--config", "/no/such/file.json")]
    [InlineData(2, "--api-key-file", "/no/such/file")]
    [InlineData(2, "--classifier", "mine.onnx")]
    [InlineData(2, "--surprise")]
    [InlineData(2, "--precision", "int8")]
    [InlineData(2, "--batch", "0,5")]
    [InlineData(0, "--help")]
    public async Task The_exit_code_tells_why_the_service_did_not_start(int expected, params string[] arguments) =>
        Assert.Equal(expected, await ServeCommand.RunAsync(arguments));

    [Fact]
    public void A_file_sets_what_the_arguments_leave_open()
    {
        string file = Path.Combine(_folder, "service.json");
        File.WriteAllText(file, """
            {"CertiPure": {"Url": "http://127.0.0.1:1234", "MaxDraws": 500, "Sigmas": [0.12, 0.5], "DecodeTime": "00:00:05"}}
            """);
        ServerOptions options = Read("--config", file, "--url", "http://127.0.0.1:4321", "--client-seeds");
        Assert.Equal("http://127.0.0.1:4321", options.Url);
        Assert.Equal(500, options.MaxDraws);
        Assert.Equal([0.12, 0.5], options.Sigmas);
        Assert.Equal(TimeSpan.FromSeconds(5), options.DecodeTime);
        Assert.True(options.AllowClientSeed);
        Assert.Equal(new ServerOptions().MaxAlpha, options.MaxAlpha);
    }

    [Theory]
    [InlineData("{\"CertiPure\": {\"MaxDrawz\": 500}}", "there is no setting CertiPure:MaxDrawz")]
    [InlineData("{\"CertiPure\": {\"MaxDraws\": \"many\"}}", "CertiPure:MaxDraws must be a whole number, not 'many'")]
    [InlineData("{\"CertiPure\": {\"Sigmas\": [0.5, \"much\"]}}", "CertiPure:Sigmas:1 must be a number, not 'much'")]
    [InlineData("{\"CertiPure\": {\"Sigmas\": 0.5}}", "CertiPure:Sigmas must be a list, not '0.5'")]
    [InlineData("{\"CertiPure\": {\"ShutdownGrace\": \"soon\"}}", "must be a time such as 00:00:20, not 'soon'")]
    [InlineData("{\"CertiPure\":\n {torn", "is not valid JSON from line 2")]
    public void A_file_that_cannot_be_read_is_refused_in_plain_words(string json, string words)
    {
        string file = Path.Combine(_folder, "service.json");
        File.WriteAllText(file, json);
        CertiPureException refusal = Assert.Throws<CertiPureException>(() => Read("--config", file));
        Assert.Equal(ErrorReason.InvalidArgument, refusal.Reason);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("BinderOptions", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int8")]
    [InlineData("fp16")]
    [InlineData("FP32")]
    [InlineData("half")]
    public void A_precision_that_the_service_does_not_compute_in_is_refused_at_the_start(string precision)
    {
        CertiPureException refusal = Assert.Throws<CertiPureException>(() => Read("--precision", precision).Validate());
        Assert.Equal(ErrorReason.InvalidArgument, refusal.Reason);
        Assert.EndsWith($"computes in fp32 or bf16, not in the precision '{precision}'.", refusal.Message, StringComparison.Ordinal);
        Read("--precision", "bf16").Validate();
    }

    [Theory]
    [InlineData("--batch", "0,5", "--batch '0,5' is not a whole number")]
    [InlineData("--batch", "1,000", "write 1000")]
    [InlineData("--workers", "1e2", "write 100")]
    [InlineData("--workers", "two", "--workers 'two' is not a whole number")]
    [InlineData("--threads", "0", "is below 1")]
    [InlineData("--threads", "99999999999", "is above 2147483647")]
    public void A_number_that_may_mean_another_is_refused_with_what_to_write(string option, string value, string words)
    {
        string message = Assert.Single(ServeCommand.Parse([option, value]).Errors).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_with_a_number_reads_it_strictly() => Assert.All(
        ServeCommand.Parse([]).CommandResult.Command.Options.Where(option =>
            (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is { IsPrimitive: true } type && type != typeof(bool)),
        option => Assert.Contains(ServeCommand.Parse([option.Name, "0,5"]).Errors, error =>
            error.Message.StartsWith($"{option.Name} '0,5' is not a", StringComparison.Ordinal)));

    [Fact]
    public void A_key_file_holds_the_key_on_its_line()
    {
        string file = Path.Combine(_folder, "key");
        File.WriteAllText(file, "a key of sixteen or more\n");
        Assert.Equal("a key of sixteen or more", Read("--api-key-file", file).ApiKey);
    }

    private static ServerOptions Read(params string[] arguments) =>
        ServeCommand.ReadOptions(ServeCommand.Parse(arguments));
}
