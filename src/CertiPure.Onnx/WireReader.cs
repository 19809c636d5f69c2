namespace CertiPure.Onnx;

/// <summary>The fields of one message. A field that does not fit its message ends it: what ONNX Runtime has loaded has none.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public int Field { get; private set; }

    public ulong Number { get; private set; }

    public ReadOnlySpan<byte> Bytes { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty || !ReadVarint(out ulong key))
        {
            return false;
        }

        Field = (int)(key >> 3);
        Number = 0;
        Bytes = default;
        ulong length;
        switch (key & 7)
        {
            case 0:
                bool isWhole = ReadVarint(out ulong number);
                Number = number;
                return isWhole;
            case 1:
                length = 8;
                break;
            case 2 when ReadVarint(out length):
                break;
            case 5:
                length = 4;
                break;
            default:
                return false;
        }

        if (length > (ulong)_rest.Length)
        {
            return false;
        }

        Bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool ReadVarint(out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(10, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
