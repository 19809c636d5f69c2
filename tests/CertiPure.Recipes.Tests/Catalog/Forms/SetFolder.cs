using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Recipes.Catalog.Forms;

namespace CertiPure.Recipes.Tests.Catalog.Forms;

/// <summary>A temporary folder in which a test arranges the committed pictures, and the pixels that they have.</summary>
internal sealed class SetFolder : IDisposable
{
    private static readonly string Sets = System.IO.Path.Combine(AppContext.BaseDirectory, "Catalog", "Forms", "Sets");

    public string Path { get; } = Directory.CreateTempSubdirectory("certipure-").FullName;

    public static string Committed(string name) => System.IO.Path.Combine(Sets, name);

    /// <summary>Picture i as make.py defines it.</summary>
    public static byte[] Pixels(int i)
    {
        var pixels = new byte[3 * 8 * 8];
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 8; x++)
            {
                pixels[(y * 8) + x] = (byte)((x * 30) + (i * 7));
                pixels[64 + (y * 8) + x] = (byte)((y * 30) + (i * 11));
                pixels[128 + (y * 8) + x] = (byte)((x * y * 4) + (i * 13));
            }
        }

        return pixels;
    }

    /// <summary>Copies a committed file to a place in the folder.</summary>
    public string Put(string committed, string place)
    {
        string target = System.IO.Path.Combine(Path, place);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        File.Copy(Committed(committed), target);
        return target;
    }

    public string Write(string place, string text) => Write(place, System.Text.Encoding.UTF8.GetBytes(text));

    public string Write(string place, byte[] content)
    {
        string target = System.IO.Path.Combine(Path, place);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
        File.WriteAllBytes(target, content);
        return target;
    }

    /// <summary>Writes a picture of one colour.</summary>
    public string Paint(string place, int width, int height, int channels = 3)
    {
        var pixels = new byte[channels * width * height];
        Array.Fill(pixels, (byte)200);
        return Write(place, PngImage.Encode(new LabeledImage(0, null, new ImageShape(channels, height, width), pixels)));
    }

    public OwnPictures Open(PictureOptions? options = null) => OwnPictures.Open(Path, options ?? new PictureOptions());

    public string Refusal(PictureOptions? options = null) =>
        Assert.Throws<CertiPureException>(() => Open(options)).Message;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
