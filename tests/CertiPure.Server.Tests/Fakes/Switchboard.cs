namespace CertiPure.Server.Tests.Fakes;

/// <summary>Where a test watches and stops the forward passes.</summary>
public sealed class Switchboard
{
    private readonly object _lock = new();
    private int _allowed = int.MaxValue;
    private int _passed;
    private int _waiting;
    private bool _fails;

    /// <summary>Forward passes so far.</summary>
    public int Passed
    {
        get
        {
            lock (_lock)
            {
                return _passed;
            }
        }
    }

    /// <summary>Forward passes that are held up.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting;
            }
        }
    }

    /// <summary>Lets this many more forward passes through and holds up the next.</summary>
    public void Allow(int passes)
    {
        lock (_lock)
        {
            _allowed = passes == int.MaxValue ? passes : _passed + passes;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Lets everything through.</summary>
    public void Open() => Allow(int.MaxValue);

    /// <summary>Makes the next forward pass fail.</summary>
    public void FailNext()
    {
        lock (_lock)
        {
            _fails = true;
        }
    }

    internal void Pass()
    {
        lock (_lock)
        {
            _waiting++;
            while (_passed >= _allowed)
            {
                Monitor.Wait(_lock);
            }

            _waiting--;
            _passed++;
            Monitor.PulseAll(_lock);
            if (_fails)
            {
                _fails = false;
                throw new InvalidOperationException("secret path of the device");
            }
        }
    }
}
