namespace CertiPure.Server.Endpoints;

/// <summary>What the API description says of one address.</summary>
/// <param name="Id">The operation's id.</param>
/// <param name="Summary">One line.</param>
/// <param name="Description">More than one line.</param>
/// <param name="Form">The fields of its multipart form; none where it takes no form.</param>
/// <param name="Responses">Its answers.</param>
internal sealed record ApiText(
    string Id, string Summary, string Description, IReadOnlyList<ApiField> Form, IReadOnlyList<ApiResponse> Responses)
{
    /// <summary>An example of its JSON body; null where it takes none.</summary>
    public string? JsonBody { get; init; }
}
