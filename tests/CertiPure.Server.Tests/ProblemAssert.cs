using System.Net;
using System.Text.Json.Nodes;

namespace CertiPure.Server.Tests;

/// <summary>Holds answers to the form of problem+json.</summary>
public static class ProblemAssert
{
    public static async Task<JsonNode> IsAsync(HttpResponseMessage response, HttpStatusCode status, string? detail = null)
    {
        using (response)
        {
            string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {text}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            JsonNode problem = JsonNode.Parse(text)!;
            Assert.Equal((int)status, (int)problem["status"]!);
            Assert.NotEmpty((string)problem["title"]!);
            if (detail is not null)
            {
                Assert.Contains(detail, (string)problem["detail"]!, StringComparison.Ordinal);
            }

            // Nothing of the inside: no type names, stack frames or paths.
            Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
            Assert.DoesNotContain("CertiPure.Server", text, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
            Assert.DoesNotContain("/src/", text, StringComparison.Ordinal);
            return problem;
        }
    }
}
