using CertiPure.Results;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Server.Uploads;
using CertiPure.Smoothing;

namespace CertiPure.Server.Endpoints;

/// <summary><c>POST /v1/certificates/verify</c>: a certificate in, a verdict out, with each check on the way.</summary>
internal sealed class VerifyEndpoint(
    UploadReader uploads, CertificateExamination examination, Admission admission, ServerOptions options, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw RequestException.UnsupportedMediaType("Send the certificate as application/json.");
        }

        using Admission.Place place = admission.Enter();
        byte[] body = await uploads.ReadBodyAsync(context.Request, context.RequestAborted);
        CertificateDocument document;
        try
        {
            document = CertificateDocument.Parse(body, "The certificate");
        }
        catch (CertiPureException e)
        {
            throw RequestException.BadRequest(e.Message);
        }

        Experiment experiment = document.Experiment;
        // Draws are only paid for where the cheap checks pass and the service could repeat them.
        long draws = examination.IsWithinBounds(experiment) ? (long)experiment.N0 + experiment.N : 0;
        place.Promise(draws);
        if (EventStream.IsWanted(context.Request, byDefault: false))
        {
            await EventStream.RunAsync(context, async stream =>
                await stream.SendAsync("verdict", await ExamineAsync(document, stream, context.RequestAborted)));
        }
        else
        {
            VerifyAnswer answer = await ExamineAsync(document, null, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(answer, ServerJson.Options, context.RequestAborted);
        }
    }

    private async Task<VerifyAnswer> ExamineAsync(
        CertificateDocument document, EventStream? stream, CancellationToken aborted)
    {
        var checks = new List<CheckResult>();
        foreach (CheckResult check in examination.CheckWithoutDraws(document))
        {
            await AddAsync(check);
        }

        if (checks.Any(check => check is { Name: "bound", Outcome: not "passed" } or { Outcome: "failed" }))
        {
            return CertificateExamination.Judge(document, checks);
        }

        (CheckResult found, Models.QueuedModel? model) = await examination.FindModelAsync(document);
        await AddAsync(found);
        if (model is not null)
        {
            var progress = new LatestProgress<CertificationProgress>(options.ProgressInterval, time);
            Task<CheckResult> replay = examination.ReplayAsync(document, model, progress, aborted);
            int total = document.Experiment.N0 + document.Experiment.N;
            await foreach (CertificationProgress state in progress.ReadUntil(replay))
            {
                await (stream?.SendAsync("progress", new DrawsEvent(state.Selection.Sum() + state.Draws, total))
                    ?? Task.CompletedTask);
            }

            await AddAsync(await replay);
        }

        return CertificateExamination.Judge(document, checks);

        Task AddAsync(CheckResult check)
        {
            checks.Add(check);
            return stream?.SendAsync("check", check) ?? Task.CompletedTask;
        }
    }
}
