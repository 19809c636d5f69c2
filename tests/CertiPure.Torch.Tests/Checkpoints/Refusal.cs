namespace CertiPure.Torch.Tests.Checkpoints;

/// <summary>Asserts that something is refused as a user may see it.</summary>
internal static class Refusal
{
    /// <summary>The action throws a <see cref="CertiPureException"/> whose one sentence names the file and holds the words.</summary>
    public static void Of(Action action, string path, string words)
    {
        var refusal = Assert.Throws<CertiPureException>(action);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        AssertOneSentence(refusal.Message);
    }

    public static void AssertOneSentence(string message)
    {
        Assert.EndsWith(".", message, StringComparison.Ordinal);
        Assert.False(message.EndsWith("..", StringComparison.Ordinal), message);
        Assert.DoesNotContain('\n', message);
    }
}
