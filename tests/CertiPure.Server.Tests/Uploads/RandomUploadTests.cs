using System.Net.Http.Headers;
using System.Text;
using CertiPure.Imaging;
using CertiPure.Server.Tests.Fakes;

namespace CertiPure.Server.Tests.Uploads;

public sealed class RandomUploadTests
{
    private const string Boundary = "----certipure";

    [Fact]
    public Task Hundreds_of_mutated_uploads_are_answered_with_success_or_a_clients_error() => TryAsync(600, seed: 1);

    [Fact]
    [Trait("group", "long")]
    public Task Ten_thousand_mutated_uploads_are_answered_with_success_or_a_clients_error() => TryAsync(10_000, seed: 2);

    private static async Task TryAsync(int count, int seed)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        var random = new Random(seed);
        byte[] picture = PngImage.Encode(new FashionImages().Read(9));
        int good = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] body = random.Next(2) == 0
                ? Form(Mutate(picture, random), "1")
                : Mutate(Form(picture, "1"), random);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={Boundary}");
            using HttpResponseMessage response = await server.PostAsync("/v1/purify", content);
            int status = (int)response.StatusCode;
            Assert.True(status is (>= 200 and < 300) or (>= 400 and < 500), $"Upload {i} of seed {seed} was answered with {status}.");
            good += status < 300 ? 1 : 0;
        }

        // Both kinds of answer are needed for the test to mean something.
        Assert.InRange(good, 1, count - 1);
        Assert.Equal("ok", (string)(await server.GetJsonAsync("/healthz"))["status"]!);
    }

    private static byte[] Form(byte[] picture, string draws)
    {
        var form = new MemoryStream();
        form.Write(Encoding.ASCII.GetBytes(
            $"--{Boundary}\r\nContent-Disposition: form-data; name=\"draws\"\r\n\r\n{draws}\r\n"
            + $"--{Boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"));
        form.Write(picture);
        form.Write(Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"));
        return form.ToArray();
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        byte[] mutated = [.. bytes];
        switch (random.Next(6))
        {
            case 0:
                return mutated[..random.Next(mutated.Length)];
            case 1:
                random.NextBytes(mutated);
                return mutated;
            case 2:
                int from = random.Next(mutated.Length);
                int length = random.Next(Math.Min(64, mutated.Length - from) + 1);
                return [.. mutated[..from], .. mutated[(from + length)..]];
            case 3:
                int at = random.Next(mutated.Length);
                return [.. mutated[..at], .. mutated[..random.Next(mutated.Length)], .. mutated[at..]];
            default:
                for (int flips = random.Next(1, 9); flips > 0; flips--)
                {
                    mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
                }

                return mutated;
        }
    }
}
