using Spectre.Console;
using Spectre.Console.Rendering;

namespace CertiPure.Cli.Progress;

/// <summary>Shows count, rate and time left beside the bar.</summary>
internal sealed class PaceColumn(Pace pace) : ProgressColumn
{
    /// <inheritdoc/>
    protected override bool NoWrap => true;

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(pace.ToString());
}
