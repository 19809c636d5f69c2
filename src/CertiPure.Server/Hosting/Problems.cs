using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace CertiPure.Server.Hosting;

/// <summary>Errors as problem+json (RFC 9457). What went wrong inside goes to the log; the client gets the log entry's id.</summary>
internal static partial class Problems
{
    public const string ContentType = "application/problem+json";

    public static ProblemDetails Of(Exception exception, ILogger logger, string traceId)
    {
        switch (exception)
        {
            case RequestException e:
                ProblemDetails problem = Make(e.Status, e.Title, e.Message);
                if (e.Errors is not null)
                {
                    problem.Extensions["errors"] = e.Errors;
                }

                return problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Make(StatusCodes.Status413PayloadTooLarge, "Too large", "The request body is larger than this service takes.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return Make(StatusCodes.Status408RequestTimeout, "Too slow", "The request body came too slowly; send it again.");
            case BadHttpRequestException e:
                return Make(e.StatusCode, "Bad request", "The request is not well-formed HTTP, or it ended too early.");
            default:
                LogFailure(logger, traceId, exception);
                problem = Make(
                    StatusCodes.Status500InternalServerError,
                    "Internal error",
                    "The service failed on this request; its log says why, under the trace id given here.");
                problem.Extensions["traceId"] = traceId;
                return problem;
        }
    }

    public static Task HandleAsync(HttpContext context)
    {
        Exception exception = context.Features.Get<IExceptionHandlerFeature>()!.Error;
        ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems));
        if (exception is RequestException { RetryAfter: { } wait })
        {
            context.Response.Headers.RetryAfter =
                Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, Of(exception, logger, context.TraceIdentifier));
    }

    public static Task WriteAsync(HttpContext context, int status, string title, string detail) =>
        WriteAsync(context, Make(status, title, detail));

    /// <summary>Gives an answer without a body, such as the framework's own 404 and 405, its problem.</summary>
    public static Task WriteStatusAsync(HttpContext context)
    {
        int status = context.Response.StatusCode;
        string title = ReasonPhrases.GetReasonPhrase(status);
        string detail = status switch
        {
            StatusCodes.Status404NotFound => "There is nothing at this address; the API is described at /openapi/v1.json.",
            StatusCodes.Status405MethodNotAllowed => "This address does not take this method.",
            _ => "The request cannot be answered.",
        };
        return WriteAsync(context, Make(status, title, detail));
    }

    private static ProblemDetails Make(int status, string title, string detail) =>
        new() { Status = status, Title = title, Detail = detail };

    private static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        if (problem.Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
                or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests
                or StatusCodes.Status503ServiceUnavailable
            && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // The rest of the body is not read, so the connection cannot serve another request; a client that is not told would
            // send one into it.
            context.Response.Headers.Connection = "close";
        }

        return context.Response.WriteAsJsonAsync(problem, ServerJson.Options, ContentType);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {TraceId} failed.")]
    private static partial void LogFailure(ILogger logger, string traceId, Exception exception);
}
