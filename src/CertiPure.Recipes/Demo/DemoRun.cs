using CertiPure.Images;
using CertiPure.Recipes.Runs;
using CertiPure.Results;

namespace CertiPure.Recipes.Demo;

/// <summary>One method of the demo at work: its networks and its run folder.</summary>
public sealed class DemoRun : IDisposable
{
    private readonly RunFolder _folder;
    private readonly IImageSource _images;

    internal DemoRun(DemoMethod method, BaseModel model, RunFolder folder, IImageSource images)
    {
        Method = method;
        Model = model;
        _folder = folder;
        _images = images;
    }

    /// <summary>The method.</summary>
    public DemoMethod Method { get; }

    /// <summary>Images that are certified already.</summary>
    public int Done => _folder.Certificates.Count;

    /// <summary>Images in all.</summary>
    public int Total => Done + _folder.Pending.Count;

    /// <summary>Its networks.</summary>
    internal BaseModel Model { get; }

    /// <summary>Certifies what is not certified yet.</summary>
    /// <param name="certified">Told after each image.</param>
    /// <param name="cancellation">Stops; the next demo in the same folder goes on from there.</param>
    public Task CompleteAsync(Action certified, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(certified);
        return CertificationRun.CompleteAsync(_folder, _images, Model, _ => certified(), cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _folder.Dispose();
        Model.Dispose();
    }
}
