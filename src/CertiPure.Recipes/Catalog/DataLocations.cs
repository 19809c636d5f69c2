namespace CertiPure.Recipes.Catalog;

/// <summary>Where data sets are looked for, in order: the folder the user gives, <c>CERTIPURE_DATA</c>, the per-user cache.</summary>
/// <param name="Folders">The folders, in order; they need not exist.</param>
/// <param name="Cache">The folder that downloads go to, one of <paramref name="Folders"/>.</param>
public sealed record DataLocations(IReadOnlyList<string> Folders, string Cache)
{
    /// <summary>The environment variable that names a folder of data sets.</summary>
    public const string EnvironmentVariable = "CERTIPURE_DATA";

    /// <summary>The places of this process.</summary>
    /// <param name="dataDirectory">The folder that the user gives, or null.</param>
    /// <exception cref="CertiPureException">The folder that the user gives does not exist.</exception>
    public static DataLocations Of(string? dataDirectory)
    {
        if (dataDirectory is not null && !Directory.Exists(dataDirectory))
        {
            throw new CertiPureException($"There is no data folder {dataDirectory}.", ErrorReason.DataFolderMissing);
        }

        string cache = Path.Combine(UserCache.Folder, "data");
        string?[] folders = [dataDirectory, Environment.GetEnvironmentVariable(EnvironmentVariable), cache];
        return new DataLocations([.. folders.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => folder!)], cache);
    }

    /// <summary>The first folder that fits, looking in each place for its subfolder of this name, then in the place itself.</summary>
    /// <param name="subfolder">The data set's own folder name.</param>
    /// <param name="fits">Whether a folder holds the data set.</param>
    internal string? Find(string subfolder, Func<string, bool> fits) =>
        Folders.SelectMany(folder => new[] { Path.Combine(folder, subfolder), folder }).FirstOrDefault(fits);
}
