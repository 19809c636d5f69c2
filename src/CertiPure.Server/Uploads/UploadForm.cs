using System.Globalization;

namespace CertiPure.Server.Uploads;

/// <summary>A request's form: at most one file, and short text fields.</summary>
/// <param name="File">The bytes of the field <c>image</c>, or null.</param>
/// <param name="Fields">The other fields by name.</param>
internal sealed record UploadForm(byte[]? File, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>A field's text, or null where it is missing or empty.</summary>
    public string? Text(string name) => Fields.TryGetValue(name, out string? text) && text.Length > 0 ? text : null;

    public int Integer(string name, int fallback, int minimum, int maximum, IDictionary<string, string> errors)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= minimum && value <= maximum)
        {
            return value;
        }

        errors[name] = $"must be a whole number from {minimum} to {maximum}";
        return fallback;
    }

    /// <summary>A number that has to be one of a list.</summary>
    public double OneOf(string name, double fallback, IReadOnlyList<double> choices, IDictionary<string, string> errors)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && choices.Contains(value))
        {
            return value;
        }

        errors[name] = $"must be one of {string.Join(", ", choices.Select(each => each.ToString(CultureInfo.InvariantCulture)))}";
        return fallback;
    }

    public double Number(string name, double fallback, double minimum, double maximum, IDictionary<string, string> errors)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= minimum && value <= maximum)
        {
            return value;
        }

        errors[name] = string.Create(CultureInfo.InvariantCulture, $"must be a number from {minimum} to {maximum}");
        return fallback;
    }
}
