using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Results;
using CertiPure.Server.Certification;
using CertiPure.Server.Contracts;
using CertiPure.Server.Hosting;
using CertiPure.Smoothing;

namespace CertiPure.Server.Endpoints;

/// <summary><c>POST /v1/certify</c>: an image in, progress as server-sent events, then the certificate.</summary>
internal sealed class CertifyEndpoint(
    ImageRequestReader reader,
    Admission admission,
    Certifier certifier,
    CertificateStore store,
    RunLibrary runs,
    ServerOptions options,
    TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        CancellationToken aborted = context.RequestAborted;
        using Admission.Place place = admission.Enter();
        ImageRequest request = await reader.ReadAsync(context.Request, ApiTexts.Certify.Form, aborted);
        CertifySettings settings = CertifySettings.Read(request.Form, request.FreshSeed, options);
        SamplingPlan plan = settings.Plan;
        int total = plan.SelectionDraws + plan.EstimationDraws;
        long before = admission.PromisedDraws;
        place.Promise(total);
        if (!EventStream.IsWanted(context.Request, byDefault: true))
        {
            Certificate certificate = await certifier.RunAsync(
                request.Model, request.Image, plan, settings.Seed, null, aborted);
            await context.Response.WriteAsJsonAsync(Answer(request, settings, certificate), ServerJson.Options, aborted);
            return;
        }

        await EventStream.RunAsync(context, async stream =>
        {
            await stream.SendAsync("accepted", new AcceptedEvent(settings.Seed, total, before));
            var progress = new LatestProgress<CertificationProgress>(options.ProgressInterval, time);
            Task<Certificate> work = certifier.RunAsync(
                request.Model, request.Image, plan, settings.Seed, progress, aborted);
            await foreach (CertificationProgress state in progress.ReadUntil(work))
            {
                await stream.SendAsync("progress", Describe(state, plan));
            }

            await stream.SendAsync("certificate", Answer(request, settings, await work));
        });
    }

    private static ProgressEvent Describe(CertificationProgress state, SamplingPlan plan)
    {
        IReadOnlyList<int> votes = state.Selected is null ? state.Selection : state.Votes;
        var counts = new VoteCounts(votes);
        int leading = state.Selected ?? counts.Top;
        return new ProgressEvent(
            state.Selected is null ? "selection" : "estimation",
            state.Selection.Sum() + state.Draws,
            plan.SelectionDraws + plan.EstimationDraws,
            state.Draws,
            votes,
            leading,
            counts.StrongestBut(leading),
            state.LowerBound,
            state.UpperBound,
            state.Radius);
    }

    private CertificateAnswer Answer(ImageRequest request, CertifySettings settings, Certificate certificate)
    {
        CertificateDocument document = certifier.Issue(request, settings, certificate);
        string? className = NameOf(certificate.Predicted);
        return store.Add(new CertificateAnswer(
            "",
            document,
            className,
            NameOf(certificate.Label),
            CertificateWords.Claim(document),
            CertificateWords.Bounds(document),
            className is null ? null : MeaningOf(document),
            runs.StandingOf(document)));

        string? NameOf(int? label) =>
            label is { } known && known < request.Model.Offer.ClassNames.Count ? request.Model.Offer.ClassNames[known] : null;
    }

    private static Meaning MeaningOf(CertificateDocument document)
    {
        ImageShape shape = document.Experiment.Data.Shape;
        double radius = document.Certificate.Radius;
        return new Meaning(
            CertificateWords.Meaning(radius, shape.Length),
            CertificateWords.PerValue(radius, shape.Length),
            [
                Example("spread", "The same distance, spread over every pixel", PerturbationExample.Spread(document.Pixels, radius)),
                Example("gathered", "The same distance, gathered in the middle",
                    PerturbationExample.Gathered(document.Pixels, shape, radius)),
            ]);

        ExamplePicture Example(string kind, string caption, byte[] changed) =>
            new(
                kind,
                caption,
                PerturbationExample.Distance(document.Pixels, changed),
                CertificateWords.Visibility(PerturbationExample.LargestChange(document.Pixels, changed)),
                PngImage.Encode(document.ToImage() with { Bytes = changed }));
    }
}
