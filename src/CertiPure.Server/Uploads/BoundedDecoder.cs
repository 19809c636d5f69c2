using CertiPure.Images;
using CertiPure.Server.Hosting;

namespace CertiPure.Server.Uploads;

/// <summary>Decodes uploaded images a few at a time and within a bounded time.</summary>
internal sealed class BoundedDecoder(IImageDecoder decoder, ServerOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task<LabeledImage> DecodeAsync(byte[] file, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        // The place is given back by the decoding itself: one that outlives its time still uses the processor.
        Task<LabeledImage> decoding = Task.Run(
            () =>
            {
                try
                {
                    return decoder.Decode(file, "upload");
                }
                finally
                {
                    _places.Release();
                }
            },
            CancellationToken.None);
        try
        {
            return await decoding.WaitAsync(options.DecodeTime, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            _ = decoding.ContinueWith(
                late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw RequestException.BadRequest("The image takes too long to decode; send a smaller one.");
        }
        catch (CertiPureException e)
        {
            throw RequestException.BadRequest(e.Message);
        }
    }

    public void Dispose() => _places.Dispose();
}
