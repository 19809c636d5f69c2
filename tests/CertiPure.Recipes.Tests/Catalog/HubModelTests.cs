using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CertiPure.Recipes.Catalog;

namespace CertiPure.Recipes.Tests.Catalog;

public sealed class HubModelTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-hub-").FullName;
    private readonly Host _host = new();
    private readonly HttpClient _client;

    public HubModelTests() => _client = new HttpClient(_host);

    private DataLocations Locations => new([_folder], _folder);

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_model_is_downloaded_as_the_hub_keeps_it_and_then_found_without_a_network()
    {
        _host.Files["config.json"] = "{}"u8.ToArray();
        _host.Files["model.safetensors"] = RandomNumberGenerator.GetBytes(1000);
        _host.Files["pytorch_model.bin"] = [1];
        _host.Files["README.md"] = [2];
        var notes = new List<string>();
        string path = await HubModel.Parse("hf:somebody/something").GetAsync(Locations, _client, notes.Add, TestContext.Current.CancellationToken);
        Assert.Equal(Path.Combine(_folder, "checkpoints", "models--somebody--something", "snapshots", Commit), path);
        Assert.Equal(["config.json", "config.json.sha256", "model.safetensors", "model.safetensors.sha256"],
            Directory.GetFiles(path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.Contains("licence mit", notes[0], StringComparison.Ordinal);
        int asked = _host.Asked.Count;
        Assert.Equal(path, await HubModel.Parse("hf:somebody/something").GetAsync(Locations, _client, null, TestContext.Current.CancellationToken));
        Assert.Equal(asked, _host.Asked.Count);
        Assert.Empty(HubModel.FindDamage(path));
        File.WriteAllText(Path.Combine(path, "config.json"), "{ }");
        Assert.Equal(["config.json"], HubModel.FindDamage(path));
    }

    [Fact]
    public async Task An_interrupted_download_is_not_found_and_goes_on()
    {
        _host.Files["model_index.json"] = "{}"u8.ToArray();
        _host.Files["unet/config.json"] = "{}"u8.ToArray();
        _host.Files["unet/diffusion_pytorch_model.bin"] = [1, 2, 3];
        _host.Files["scheduler/scheduler_config.json"] = "{}"u8.ToArray();
        _host.Missing = "diffusion_pytorch_model.bin";
        var model = HubModel.Parse("hf:somebody/something");
        await Assert.ThrowsAsync<CertiPureException>(() => model.GetAsync(Locations, _client, null, TestContext.Current.CancellationToken));
        Assert.Null(model.Find(Locations));
        _host.Missing = null;
        _host.Asked.Clear();
        string path = await model.GetAsync(Locations, _client, null, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(path, "unet", "diffusion_pytorch_model.bin")));
        Assert.DoesNotContain(_host.Asked, asked => asked.EndsWith("model_index.json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_file_of_a_model_may_be_named()
    {
        _host.Files["weights/last.pt"] = [7];
        string path = await HubModel.Parse("hf:somebody/something/weights/last.pt").GetAsync(Locations, _client, null, TestContext.Current.CancellationToken);
        Assert.Equal([7], File.ReadAllBytes(path));
        CertiPureException refusal = await Assert.ThrowsAsync<CertiPureException>(
            () => HubModel.Parse("hf:somebody/something").GetAsync(Locations, _client, null, TestContext.Current.CancellationToken));
        Assert.Contains("weights/last.pt", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_another_hash_than_the_hub_says_is_refused()
    {
        _host.Files["config.json"] = "{}"u8.ToArray();
        _host.Files["model.safetensors"] = [1];
        _host.WrongHash = true;
        await Assert.ThrowsAsync<CertiPureException>(
            () => HubModel.Parse("hf:somebody/something").GetAsync(Locations, _client, null, TestContext.Current.CancellationToken));
        Assert.Null(HubModel.Parse("hf:somebody/something").Find(Locations));
    }

    [Fact]
    public async Task A_host_cannot_lead_out_of_the_folder()
    {
        _host.Files["config.json"] = "{}"u8.ToArray();
        _host.Files["model.safetensors"] = [1];
        _host.Files["../../../evil/model.safetensors"] = [2];
        _host.Commit = "../../../../evil";
        await Assert.ThrowsAsync<CertiPureException>(
            () => HubModel.Parse("hf:somebody/something").GetAsync(Locations, _client, null, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("hf:")]
    [InlineData("hf:somebody")]
    [InlineData("hf:../something")]
    [InlineData("hf:somebody/..")]
    [InlineData("hf:somebody/something/../../x")]
    [InlineData("hf:somebody/some thing")]
    public void What_is_no_model_s_name_is_refused(string text) => Assert.Throws<CertiPureException>(() => HubModel.Parse(text));

    /// <summary>A hub of one model.</summary>
    private sealed class Host : HttpMessageHandler
    {
        public Dictionary<string, byte[]> Files { get; } = [];

        public List<string> Asked { get; } = [];

        public string Commit { get; set; } = HubModelTests.Commit;

        public string? Missing { get; set; }

        public bool WrongHash { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string path = request.RequestUri!.AbsolutePath;
            Asked.Add(path);
            if (path.StartsWith("/api/", StringComparison.Ordinal))
            {
                string answer = JsonSerializer.Serialize(new
                {
                    sha = Commit,
                    cardData = new { license = "mit" },
                    siblings = Files.Select(file => new
                    {
                        rfilename = file.Key,
                        lfs = file.Key.EndsWith(".json", StringComparison.Ordinal)
                            ? null
                            : new { sha256 = Convert.ToHexStringLower(SHA256.HashData(WrongHash ? [] : file.Value)) },
                    }),
                });
                return Answer(new ByteArrayContent(Encoding.UTF8.GetBytes(answer)));
            }

            string name = path[(path.IndexOf(Commit, StringComparison.Ordinal) + Commit.Length + 1)..];
            return Missing is not null && name.EndsWith(Missing, StringComparison.Ordinal)
                ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable))
                : Answer(new ByteArrayContent(Files[name]));
        }

        private static Task<HttpResponseMessage> Answer(HttpContent content) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }
}
