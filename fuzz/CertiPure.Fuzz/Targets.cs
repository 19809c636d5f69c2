using CertiPure.Torch.Backend;
using CertiPure.Torch.Purifiers;
using CertiPure.Torch.Tests.Checkpoints.Files;

namespace CertiPure.Fuzz;

/// <summary>What can be fuzzed: whole files by the name of their format, and the configurations of a pipeline's folder, of which one at a
/// time is replaced.</summary>
internal sealed class Targets : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certipure-fuzz-").FullName;

    /// <summary>Writes the folder.</summary>
    public Targets()
    {
        LibTorch.Load();
        SmallPipeline.Write(_folder, sharded: true);
        Sound = ValidFiles.All.Concat(SmallPipeline.Configurations.Select(
            file => KeyValuePair.Create(file.Key, File.ReadAllBytes(Path.Combine(_folder, file.Value))))).ToDictionary();
    }

    /// <summary>A sound file of each format.</summary>
    public IReadOnlyDictionary<string, byte[]> Sound { get; }

    /// <summary>Reads a file in place of the sound one, to the end of all that is read of it.</summary>
    /// <returns>Whether it was not refused.</returns>
    public bool Read(string format, byte[] file)
    {
        try
        {
            if (SmallPipeline.Configurations.TryGetValue(format, out string? name))
            {
                File.WriteAllBytes(Path.Combine(_folder, name), file);
                PurifierCheckpoint.Load(_folder).Dispose();
            }
            else
            {
                WholeFile.Read("fuzzed", file);
            }

            return true;
        }
        catch (CertiPureException)
        {
            return false;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
