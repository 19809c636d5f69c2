using System.Reflection;

namespace CertiPure.Tests;

/// <summary>Texts that are committed under a test project's <c>Approved</c>, so that a change of them is seen in review.</summary>
internal static class ApprovedText
{
    /// <summary>Compares a text with the approved one, and leaves it beside it under <c>received</c>.</summary>
    /// <param name="name">The file's name without its ending.</param>
    /// <param name="text">The text as it is now.</param>
    public static void Check(string name, string text)
    {
        string project = Assembly.GetExecutingAssembly().GetName().Name!;
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "Approved")).FullName;
        string approved = Path.Combine(folder, name + ".approved.txt");
        string received = Path.Combine(folder, name + ".received.txt");
        string lines = text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        File.WriteAllText(received, lines);
        Assert.True(
            File.Exists(approved) && File.ReadAllText(approved).ReplaceLineEndings("\n") == lines,
            $"{name} is not the approved text. If it should be, copy {received} to tests/{project}/Approved/{name}.approved.txt.");
    }
}
