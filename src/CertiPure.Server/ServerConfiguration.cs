using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace CertiPure.Server;

/// <summary>Reads <see cref="ServerOptions"/> from a JSON file and environment variables, and says in plain words what cannot be
/// read.</summary>
internal static class ServerConfiguration
{
    private const string Section = "CertiPure";

    /// <summary>Reads the defaults, then the file, then the environment; each wins over the one before.</summary>
    /// <param name="path">The file, or null without one.</param>
    /// <exception cref="CertiPureException">There is no such file, or it cannot be read.</exception>
    public static ServerOptions Read(string? path)
    {
        var builder = new ConfigurationBuilder();
        if (path is not null)
        {
            if (!File.Exists(path))
            {
                throw Invalid($"there is no configuration file {path}");
            }

            builder.AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false);
        }

        try
        {
            return Bind(builder.AddEnvironmentVariables().Build().GetSection(Section));
        }
        catch (InvalidDataException e)
        {
            string where = e.InnerException is FormatException { InnerException: JsonException { LineNumber: { } line } }
                ? string.Create(CultureInfo.InvariantCulture, $" from line {line + 1}")
                : "";
            throw Invalid($"{path} is not valid JSON{where}");
        }
    }

    private static ServerOptions Bind(IConfigurationSection section)
    {
        var options = new ServerOptions();
        foreach (IConfigurationSection child in section.GetChildren())
        {
            PropertyInfo property = typeof(ServerOptions).GetProperty(
                child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
                ?? throw Invalid($"there is no setting {Section}:{child.Key}; docs/api.md lists them");
            property.SetValue(options, Value(child, property.PropertyType, property.Name));
        }

        return options;
    }

    private static object? Value(IConfigurationSection section, Type type, string name)
    {
        // The binder would append to a default list instead of replacing it, and pass over an entry that it cannot read.
        if (type == typeof(IReadOnlyList<string>))
        {
            return Entries<string>(section, name);
        }

        if (type == typeof(IReadOnlyList<double>))
        {
            return Entries<double>(section, name);
        }

        try
        {
            return section.Get(type);
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"{Section}:{name} must be {Kind(type)}, not '{section.Value}'");
        }
    }

    private static T[] Entries<T>(IConfigurationSection section, string name) => section.Value is null
        ? [.. section.GetChildren().Select(entry => (T)Value(entry, typeof(T), $"{name}:{entry.Key}")!)]
        : throw Invalid($"{Section}:{name} must be a list, not '{section.Value}'");

    private static string Kind(Type type) =>
        type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "a time such as 00:00:20"
        : "a text";

    private static CertiPureException Invalid(string problem) =>
        new($"The service's configuration cannot be read: {problem}.", ErrorReason.InvalidArgument);
}
