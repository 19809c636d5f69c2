namespace CertiPure.Recipes.Catalog.Forms;

/// <summary>One form in which pictures lie in a folder or file, recognised by what is there and not by a name.</summary>
internal abstract class ImageForm
{
    /// <summary>The form in a few words, for the list of what is read.</summary>
    public abstract string Description { get; }

    /// <summary>Whether this is the form of a path.</summary>
    /// <param name="path">An existing folder or file.</param>
    public abstract bool Fits(string path);

    /// <summary>Finds the pictures.</summary>
    /// <param name="path">A path that <see cref="Fits"/>.</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="CertiPureException">It is damaged, or there is no such split.</exception>
    public abstract PictureList Read(string path, PictureOptions options);

    /// <summary>The last part of a path.</summary>
    protected static string NameOf(string path)
    {
        string full = Path.GetFullPath(path), name = Path.GetFileName(Path.TrimEndingDirectorySeparator(full));
        return name.Length == 0 ? full : name;
    }

    /// <summary>The first bytes of a file; fewer where it is shorter.</summary>
    protected static byte[] Start(string path, int count = 512)
    {
        using FileStream stream = File.OpenRead(path);
        var start = new byte[count];
        return start[..stream.ReadAtLeast(start, count, throwOnEndOfStream: false)];
    }

    /// <summary>The names of numbered classes.</summary>
    protected static IReadOnlyList<string> Numbered(int count) =>
        [.. Enumerable.Range(0, count).Select(label => label.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
