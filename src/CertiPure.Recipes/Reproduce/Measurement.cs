using System.Text.Json;

namespace CertiPure.Recipes.Reproduce;

/// <summary>A measured value in a file, beside everything that determines it: what is there already is not measured again.</summary>
internal static class Measurement
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The value of a file, or null where there is none that these inputs determine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputs">Everything that determines the value.</param>
    public static T? Find<T>(string path, string inputs)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            Measured<T>? measured = JsonSerializer.Deserialize<Measured<T>>(File.ReadAllBytes(path), Format);
            return measured?.Inputs == inputs ? measured.Value : null;
        }
        catch (JsonException)
        {
            // Half a file, or an older version's: measured again.
            return null;
        }
    }

    /// <summary>Writes a value, whole or not at all.</summary>
    public static void Write<T>(string path, string inputs, T value)
        where T : class => OutputTarget.Write(
            path, temporary => File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(new Measured<T>(inputs, value), Format)));

    private sealed record Measured<T>(string Inputs, T Value);
}
