using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;

namespace CertiPure.Server.Endpoints;

/// <summary>The words and examples of the API description.</summary>
internal static class ApiTexts
{
    private const string Json = "application/json";

    /// <summary>A whole certificate of an image of four pixels, which the service's own reader takes.</summary>
    internal const string DocumentExample = """
        {"formatVersion":2,"software":"CertiPure 0.1.0","issuedAt":"2026-01-05T10:30:00\u002B00:00","seedChosenBy":"service","experiment":{"data":{"name":"fashion-mnist","split":"test","shape":"1x2x2","pixelSha256":"177ede0c25d002cf33b5a829d5a61952bbcbcb307ab223e09f1975c622143aea"},"images":"7","sigma":0.5,"n0":100,"n":1000,"alpha":0.001,"bound":"margin","plan":{"name":"fixed","looks":[{"n":1000,"alpha":0.001}]},"radii":[],"seed":1234567890123,"noise":"normal","purifier":{"method":"consistency","level":"exact","clamp":false,"networkCalls":1},"classifier":{"name":"fashion-mnist","classCount":2},"engine":{"name":"torch"},"precision":"fp32","batch":64,"weights":{"classifier":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","purifier":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}},"certificate":{"id":7,"label":1,"predicted":1,"selection":[6,94],"looks":[{"n":1000,"votes":[63,937],"alphaA":0.001,"alphaB":0}],"draws":1000,"lowerBound":0.9097242749749892,"upperBound":0.0902757250250108,"radius":0.6695295252020204,"seconds":0.9},"pixels":"DMi\u002BBw==","seal":{"keyId":"877fa5e47abc6345","code":"46ef9ddf390c1643ab643d6f4b9bb0789e075d2f8a7b539f23c3bbb037899beb"}}
        """;

    private const string CertificateExample = $$$"""
        {"id":"k3Zq0v8T1mYbXo5n7Wc2Rg","certificate":{{{DocumentExample}}},"className":"Trouser","trueClassName":"Trouser","claim":"No change of L2 norm below 0.669 alters this answer. The chance that this guarantee is false is at most 1 in 1,000; whether the answer is right is another question.","bounds":"With probability at least 0.999 over the draws, the class has a probability of at least 90.9 %.","meaning":{"sentence":"It could be spread over every pixel, each changed by at most 85 of 255 grey levels, or gathered in a few pixels, or anything in between.","perValue":0.3347647626010102,"examples":[{"kind":"spread","caption":"The same distance, spread over every pixel","distance":0.665,"visibility":"visible","png":"iVBORw0KGgo="}]},"standing":{"run":"consistency-0.5","images":100,"width":0.1,"counts":[12,30,58],"below":0.42}}
        """;

    private static readonly ApiField[] ImageFields =
    [
        new("image", "binary", "The image: PNG, JPEG, WebP or BMP, of the model's height and width. Or give dataSet and imageId.",
            null),
        new("dataSet", "string", "A data set of /v1/models, instead of an image.", "\"fashion-mnist\""),
        new("imageId", "integer", "The image's position in the data set.", "7"),
        new("model", "string", "A classifier of /v1/models.", "\"fashion-mnist\""),
        new("purifier", "string", "One of the model's purifiers.", "\"consistency\""),
        new("sigma", "number", "The noise level in pixel space [0,1], one of the model's.", "0.5"),
    ];

    private static readonly ApiField[] VoteFields =
    [
        new("n", "integer", "The draws that are counted.", "1000"),
        new("alpha", "number", "The probability with which the answer may be wrong.", "0.001"),
    ];

    private static readonly ApiResponse UnknownHost =
        Problem(400, "Unknown host", "The request is malformed, or names a host that is not the service's.");

    private static readonly ApiResponse NoKey = Problem(401, "API key needed", "The key is missing or wrong, where one is asked for.");

    private static readonly ApiResponse NotFound = Problem(404, "Not found", "There is no such thing.");

    private static readonly ApiResponse Failure =
        Problem(500, "Internal error", "The service failed; its log has the reason under the `traceId` given.");

    /// <summary>What may come instead of what was asked for.</summary>
    private static readonly ApiResponse[] ReadRefusals = [UnknownHost, NoKey, Failure];

    /// <summary>What may come instead of an answer to a body.</summary>
    private static readonly ApiResponse[] BodyRefusals =
    [
        Problem(400, "Bad request", "The form, the image, a field or a certificate cannot be used; `errors` names the fields."),
        NoKey,
        Problem(403, "Cross-origin request", "Another site's page sent the request."),
        Problem(408, "Too slow", "The body came too slowly."),
        Problem(413, "Too large", "The request is larger than this service takes."),
        Problem(415, "Unsupported media type", "The address does not take this kind of body."),
        Problem(429, "Too many requests", "The queue is full; Retry-After says when to try again."),
        Failure,
        Problem(503, "Stopping", "The service is stopping."),
    ];

    private static readonly ApiResponse[] FormRefusals = [.. BodyRefusals, Problem(404, "Not found", "The service has no model.")];

    public static ApiText Certify { get; } = new(
        "certify",
        "Certify an image",
        "Streams the events `accepted`, `progress` (many) and `certificate`, or `error`. With `Accept: application/json` it waits and "
        + "answers with what the event `certificate` holds. Numbers in `progress` are for display; only the certificate is a proof.",
        [
            .. ImageFields,
            .. VoteFields,
            new("n0", "integer", "The draws that select the class.", "100"),
            new("plan", "string", "When the votes are looked at.", "\"fixed\""),
            new("bound", "string", "Which votes the radius follows from: `margin`, those of the two leading classes, or `top`, those of the "
                + "first alone.", "\"margin\""),
            new("seed", "integer", "Only where the service allows it; the certificate is then marked. Otherwise every request gets a "
                + "fresh seed.", null),
        ],
        [
            new(200, EventStream.ContentType, "The events.", $$$"""
                event: accepted
                data: {"seed":1234567890123,"total":1100,"queuedDraws":0}

                event: progress
                data: {"phase":"estimation","draws":612,"total":1100,"estimationDraws":512,"votes":[0,509,3],"leading":1,"runnerUp":2,"lowerBound":0.974,"upperBound":0.026,"radius":0.972}

                event: certificate
                data: {{{CertificateExample}}}
                """),
            new(200, Json, "The certificate alone, for `Accept: application/json`.", CertificateExample) { Body = typeof(CertificateAnswer) },
            .. FormRefusals,
        ]);

    public static ApiText Predict { get; } = new(
        "predict",
        "Predict an image's class",
        "The smoothed classifier's answer without a radius: cheaper than a certificate.",
        [.. ImageFields, .. VoteFields],
        [
            new(200, Json, "The class, or an abstention.", """
                {"predicted":1,"className":"Trouser","votes":[0,998,2],"pValue":0,"alpha":0.001,"seed":1234567890123}
                """) { Body = typeof(PredictAnswer) },
            .. FormRefusals,
        ]);

    public static ApiText Purify { get; } = new(
        "purify",
        "Show an image noisy and purified",
        "A few draws as PNG pictures in base64, with the class that the classifier gives to each. With `Accept: image/png` the answer "
        + "is one picture instead: a column per draw under its class, with the rows noisy, purified and clean.",
        [.. ImageFields, new("draws", "integer", "How many draws.", "5")],
        [
            new(200, Json, "The pictures.", """
                {"shape":{"channels":1,"height":28,"width":28},"image":"iVBORw0KGgo=","draws":[{"noisy":"iVBORw0KGgo=","purified":"iVBORw0KGgo=","label":1,"className":"Trouser"}]}
                """) { Body = typeof(PurifyAnswer) },
            new(200, "image/png", "One picture.", null),
            .. FormRefusals,
        ]);

    public static ApiText Verify { get; } = new(
        "verifyCertificate",
        "Verify a certificate",
        "Checks the image's hash, the bound, the seal and the weights, and repeats every draw from the seed. With `Accept: "
        + "text/event-stream` it streams `check`, `progress` and `verdict`.",
        [],
        [
            new(200, Json, "The verdict, whatever it is.", """
                {"valid":true,"verdict":"holds","sealed":true,"summary":"Everything it claims was found again.","checks":[{"name":"bound","title":"The bound","outcome":"passed","detail":"The votes support the claimed distance, computed again from the counts."}]}
                """) { Body = typeof(VerifyAnswer) },
            new(200, EventStream.ContentType, "The events.", """
                event: check
                data: {"name":"bound","title":"The bound","outcome":"passed","detail":"The votes support the claimed distance, computed again from the counts."}

                event: progress
                data: {"draws":512,"total":1100}

                event: verdict
                data: {"valid":true,"verdict":"holds","sealed":true,"summary":"Everything it claims was found again.","checks":[]}
                """),
            .. BodyRefusals,
        ])
    {
        JsonBody = DocumentExample,
    };

    public static ApiText Kept { get; } = new(
        "certificate",
        "Get a finished certificate again",
        "What the event `certificate` held, by its id, as long as the service keeps it.",
        [],
        [new(200, Json, "The certificate and its words.", CertificateExample) { Body = typeof(CertificateAnswer) }, UnknownHost, NoKey, NotFound]);

    public static ApiText Models { get; } = Get(
        "models", "List what there is to certify with", ReadRefusals, """
        {"version":"0.1.0","models":[{"name":"fashion-mnist","shape":{"channels":1,"height":28,"width":28},"classNames":["T-shirt/top","Trouser"],"sigmas":[0.25,0.5,1],"purifiers":[{"name":"consistency","title":"Consistency Purification","summary":"One network call.","drawsPerSecond":1400.5}],"dataSet":"fashion-mnist"}],"dataSets":[{"name":"fashion-mnist","title":"Fashion-MNIST","split":"test","count":10000,"shape":{"channels":1,"height":28,"width":28},"typical":{"brightness":[0.08,0.62],"contrast":[0.17,0.43],"border":[0,0.35]}}],"budgets":[{"name":"Standard","n":1000,"ceiling":2.46}],"plans":["fixed","staged"],"bounds":["margin","top"],"defaults":{"sigma":0.5,"n0":100,"n":1000,"alpha":0.001},"limits":{"maxUploadBytes":4194304,"maxImagePixels":4000000,"maxSelectionDraws":1000,"maxDraws":100000,"minAlpha":1e-6,"maxAlpha":0.05,"maxPictures":16,"clientSeed":false}}
        """);

    public static ApiText Image { get; } = new(
        "dataSetImage", "Get a data set's image", "As PNG.", [], [new(200, "image/png", "The image.", null), .. ReadRefusals, NotFound]);

    public static ApiText Runs { get; } = Get(
        "runs", "List the run folders with their certified accuracy", ReadRefusals, """
        {"radii":[0,0.25,0.5,0.75,1],"runs":[{"name":"consistency-0.5","data":"fashion-mnist test","comparable":"2f1d0c5b9a7e4836","purifier":"consistency","classifier":"fashion-mnist","sigma":0.5,"n":1000,"alpha":0.001,"bound":"margin","images":100,"planned":100,"certifiedAccuracy":[0.8,0.7,0.6,0.4,0.3],"intervals":[[0.708,0.873],[0.6,0.788],[0.497,0.697],[0.303,0.503],[0.212,0.4]],"averageCertifiedRadius":0.71,"abstentions":4,"cleanImages":{"right":85,"labeled":100},"seedChosenBy":"fresh"}],"skipped":[],"message":null}
        """);

    public static ApiText Curve { get; } = new(
        "runCurve",
        "Get a run's certified-accuracy curve",
        "The curve's steps: up to each radius the given share of images is right with at least that radius.",
        [],
        [new(200, Json, "The curve.", """{"name":"consistency-0.5","curve":[{"radius":0,"accuracy":0.8}],"lowerBounds":[0,0,0,0,0,0,0,0,0,0,12,3,5,4,6,8,9,13,18,22]}"""), .. ReadRefusals, NotFound]);

    public static ApiText Health { get; } = Get(
        "health", "Ask whether the service is well", [UnknownHost], """{"status":"ok","version":"0.1.0","requests":0,"queuedDraws":0}""");

    public static ApiText Ready { get; } = Get(
        "ready",
        "Ask whether the service takes requests without delay",
        [UnknownHost, Problem(503, "Not ready", "Models are still being loaded, or the service is stopping.")],
        """{"status":"ready","models":24}""");

    public static ApiText Metrics { get; } = new(
        "metrics",
        "Get the metrics",
        "Draws, batches, queue, latency and abstentions in Prometheus' text format.",
        [],
        [new(200, "text/plain", "The metrics.", "certipure_draws_total 110000\n"), UnknownHost, NoKey]);

    private static ApiText Get(string id, string summary, IReadOnlyList<ApiResponse> refusals, string example) =>
        new(id, summary, summary + ".", [], [new(200, Json, "The answer.", example), .. refusals]);

    private static ApiResponse Problem(int status, string title, string description) => new(
        status, Problems.ContentType, description, $$"""{"title":"{{title}}","status":{{status}},"detail":"{{description}}"}""");
}

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
