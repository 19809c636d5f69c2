using CertiPure.Server.Hosting;

namespace CertiPure.Server.Certification;

/// <summary>Refuses a form with everything that is wrong with it at once.</summary>
internal static class InvalidFields
{
    public static void ThrowIfAny(IReadOnlyDictionary<string, string> errors)
    {
        if (errors.Count > 0)
        {
            throw new RequestException(
                StatusCodes.Status400BadRequest,
                "Invalid fields",
                string.Join(" ", errors.Select(error => $"{error.Key} {error.Value}.")))
            {
                Errors = errors,
            };
        }
    }
}
