using CertiPure.Server.Hosting;
using CertiPure.Server.Models;

namespace CertiPure.Server.Certification;

/// <summary>Bounds what is promised: requests at work and draws not yet done. A request that comes when it is full learns when to come
/// again.</summary>
internal sealed class Admission(ServerOptions options, ModelQueues queues, StopSignal stop, TimeProvider time)
{
    private readonly object _lock = new();
    private TimeSpan _busy;
    private long _busySince;
    private int _requests;
    private long _draws;

    /// <summary>Draws promised to requests that are at work or waiting.</summary>
    public long PromisedDraws
    {
        get
        {
            lock (_lock)
            {
                return _draws;
            }
        }
    }

    /// <summary>Requests at work or waiting.</summary>
    public int Requests
    {
        get
        {
            lock (_lock)
            {
                return _requests;
            }
        }
    }

    /// <summary>Takes a request's place, held until it is disposed. To be taken before anything of the request is read.</summary>
    public Place Enter()
    {
        if (stop.IsStopping)
        {
            throw RequestException.Stopping();
        }

        lock (_lock)
        {
            if (_requests >= options.MaxRequests)
            {
                throw Full(before: _requests);
            }

            if (_requests++ == 0)
            {
                _busySince = time.GetTimestamp();
            }
        }

        return new Place(this);
    }

    private void Promise(long draws)
    {
        lock (_lock)
        {
            if (_draws + draws > options.MaxWaitingDraws)
            {
                throw Full(before: _requests - 1);
            }

            _draws += draws;
        }
    }

    private RequestException Full(int before) =>
        RequestException.Busy($"{before} requests with {_draws} draws are before this one; come again later.", Wait(_draws));

    /// <summary>The time that the draws before a request take at the pace so far, between one second and ten minutes.</summary>
    private TimeSpan Wait(long draws)
    {
        TimeSpan busy = _requests > 0 ? _busy + time.GetElapsedTime(_busySince) : _busy;
        double pace = queues.Statistics.Draws / Math.Max(1e-3, busy.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Clamp(draws / Math.Max(pace, 1), 1, 600));
    }

    private void Leave(long draws)
    {
        lock (_lock)
        {
            _draws -= draws;
            if (--_requests == 0)
            {
                _busy += time.GetElapsedTime(_busySince);
            }
        }
    }

    /// <summary>A request's place, and the draws promised to it.</summary>
    internal sealed class Place(Admission admission) : IDisposable
    {
        private long _draws;
        private int _left;

        /// <summary>Promises draws to the request, or tells it when to come again.</summary>
        /// <param name="draws">The most draws that it may take.</param>
        public void Promise(long draws)
        {
            admission.Promise(draws);
            _draws += draws;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                admission.Leave(_draws);
            }
        }
    }
}
