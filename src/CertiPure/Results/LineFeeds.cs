namespace CertiPure.Results;

/// <summary>Splits a stream at line feeds.</summary>
internal static class LineFeeds
{
    /// <summary>The lines that end in a line feed, without it. A line is valid until the next is asked for.</summary>
    /// <param name="stream">What to split.</param>
    /// <param name="maximumLineBytes">The longest line that is not refused.</param>
    /// <param name="withTail">Whether what follows the last line feed is a line, too.</param>
    /// <exception cref="IOException">A line is longer than the limit.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(Stream stream, int maximumLineBytes, bool withTail)
    {
        byte[] buffer = new byte[64 << 10];
        int start = 0;
        int end = 0;
        while (true)
        {
            int feed = Array.IndexOf(buffer, (byte)'\n', start, end - start);
            if (feed >= 0)
            {
                yield return buffer.AsMemory(start, feed - start);
                start = feed + 1;
                continue;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end > maximumLineBytes)
            {
                throw new IOException($"A line is longer than {maximumLineBytes} bytes.");
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                if (withTail && end > 0)
                {
                    yield return buffer.AsMemory(0, end);
                }

                yield break;
            }

            end += read;
        }
    }
}
