using System.Runtime.ExceptionServices;

namespace Rhoflow.Kernels;

/// <summary>
/// Threads that share the work of one kernel call, with scratch memory for each. A kernel cuts its output into tasks whose number
/// and content do not depend on the number of threads, so results are the same bits on any team. Calls allocate nothing.
/// One call at a time: a team belongs to one replica.
/// </summary>
public sealed class Team : IDisposable
{
    private const int SpinsBeforeYield = 2000;

    private readonly Thread[] _threads;
    private readonly AlignedBuffer<byte>?[] _scratch;
    private readonly SemaphoreSlim[] _wake;
    private Action<int, int>? _work;
    private int _tasks, _next, _running;
    private volatile int _generation;
    private volatile bool _closed;
    private readonly int[] _asleep;
    private readonly Dictionary<Type, object> _jobs = [];
    private ExceptionDispatchInfo? _error;

    /// <param name="threads">How many threads work, the caller's included; at least 1.</param>
    public Team(int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _scratch = new AlignedBuffer<byte>?[threads];
        _threads = new Thread[threads - 1];
        _wake = new SemaphoreSlim[threads - 1];
        _asleep = new int[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var index = i;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Serve(index)) { IsBackground = true, Name = $"team {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that work, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Calls work(task, thread) for every task 0 … tasks−1, in any order, and returns when all are done.</summary>
    /// <param name="work">A delegate that the caller keeps, so that nothing is allocated.</param>
    public void Run(int tasks, Action<int, int> work)
    {
        if (Threads == 1 || tasks <= 1)
        {
            for (var task = 0; task < tasks; task++) work(task, 0);
            return;
        }
        (_work, _tasks, _error) = (work, tasks, null);
        Volatile.Write(ref _next, 0);
        Volatile.Write(ref _running, _threads.Length);
        Interlocked.Increment(ref _generation);
        for (var i = 0; i < _threads.Length; i++)
            if (Interlocked.Exchange(ref _asleep[i], 0) == 1) _wake[i].Release();
        Work(0);
        for (var spins = 0; Volatile.Read(ref _running) > 0; spins++)
            if (spins < SpinsBeforeYield) Thread.SpinWait(4);
            else Thread.Yield();
        _work = null;
        _error?.Throw();
    }

    /// <summary>At least that many numbers of scratch for one thread of the team, aligned, with whatever was left in them; valid until its next request.</summary>
    public unsafe Span<T> Scratch<T>(int thread, int length) where T : unmanaged
    {
        var bytes = checked(length * sizeof(T));
        if (_scratch[thread] is not { } buffer || buffer.Length < bytes)
        {
            _scratch[thread] = buffer = new AlignedBuffer<byte>(bytes);
        }
        return new Span<T>(buffer.Pointer, length);
    }

    /// <summary>The one object of that type that belongs to this team: where a kernel keeps its operands and its delegates between calls.</summary>
    internal TJob Job<TJob>() where TJob : class, new()
    {
        if (_jobs.TryGetValue(typeof(TJob), out var job)) return (TJob)job;
        var added = new TJob();
        _jobs.Add(typeof(TJob), added);
        return added;
    }

    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        Interlocked.Increment(ref _generation);
        foreach (var wake in _wake) wake.Release();
        foreach (var thread in _threads) thread.Join();
        foreach (var wake in _wake) wake.Dispose();
    }

    private void Serve(int index)
    {
        var seen = 0;
        while (true)
        {
            Await(index, seen);
            if (_closed) return;
            seen = _generation;
            Work(index + 1);
            Interlocked.Decrement(ref _running);
        }
    }

    // Spins shortly, since the next kernel call of a training step comes within microseconds, then yields, then sleeps.
    private void Await(int index, int seen)
    {
        for (var spins = 0; _generation == seen; spins++)
        {
            if (spins < SpinsBeforeYield) Thread.SpinWait(4);
            else if (spins < SpinsBeforeYield + 200) Thread.Yield();
            else
            {
                Volatile.Write(ref _asleep[index], 1);
                Interlocked.MemoryBarrier();
                // Work that came in between has seen this thread awake; whoever resets the flag decides.
                if (_generation != seen && Interlocked.Exchange(ref _asleep[index], 0) == 1) return;
                _wake[index].Wait();
                if (_closed) return;
            }
        }
    }

    private void Work(int thread)
    {
        try
        {
            for (int task; (task = Interlocked.Increment(ref _next) - 1) < _tasks;) _work!(task, thread);
        }
        catch (Exception e)
        {
            // One error stops the rest and reaches the caller.
            _error ??= ExceptionDispatchInfo.Capture(e);
            Volatile.Write(ref _next, int.MaxValue / 2);
        }
    }
}
