namespace CertiPure;

/// <summary>The per-user folder for what CertiPure downloads and adapts: <c>XDG_CACHE_HOME/certipure</c>, by default
/// <c>~/.cache/certipure</c>. Native code is loaded from it, so it must never be a folder that another user can write to.</summary>
public static class UserCache
{
    /// <summary>The folder; it need not exist.</summary>
    public static string Folder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Combine(
                !string.IsNullOrEmpty(cache) && Path.IsPathRooted(cache)
                    ? cache
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
                "certipure");
        }
    }
}
