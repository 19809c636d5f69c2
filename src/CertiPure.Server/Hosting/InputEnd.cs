namespace CertiPure.Server.Hosting;

/// <summary>
/// Stops the service when its standard input ends. <c>certipure serve</c> holds the other end of that pipe, and the system closes
/// it however that process ends, <c>kill -9</c> included: so the service never outlives it.
/// </summary>
internal static class InputEnd
{
    /// <summary>Waits on a thread of its own, since a read of a pipe cannot be cancelled.</summary>
    /// <param name="input">The standard input.</param>
    /// <param name="stop">Called once, when it ends.</param>
    public static void Watch(Stream input, Action stop) =>
        new Thread(() =>
        {
            Span<byte> ignored = stackalloc byte[256];
            try
            {
                while (input.Read(ignored) > 0)
                {
                }
            }
            catch (IOException)
            {
                // A broken pipe is an end as well.
            }

            stop();
        })
        { IsBackground = true, Name = "CertiPure input" }.Start();
}
