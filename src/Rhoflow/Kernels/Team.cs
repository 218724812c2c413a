using System.Runtime.ExceptionServices;

namespace Rhoflow.Kernels;

/// <summary>
/// Threads that share the work of one kernel call, each with scratch memory. A kernel cuts its output into tasks whose number
/// and content do not depend on the number of threads, so results are the same bits on any team. Calls allocate nothing.
/// Not thread-safe: one call at a time, so each replica has its own team.
/// </summary>
public sealed class Team : IDisposable
{
    private const int SpinsBeforeYield = 2000;

    private readonly Thread[] _threads;
    private readonly AlignedBuffer<byte>?[] _scratch;
    private readonly SemaphoreSlim[] _wake;
    private Action<int, int>? _work;
    private int _tasks, _pending;
    private volatile bool _closed;

    // Which run it is, above 32 bits of how many of its tasks are not taken yet. Whoever takes one has thereby seen the run's other fields,
    // and a thread that arrives too late takes none and is not waited for: another program may hold its core.
    private long _ticket;
    private readonly int[] _asleep;
    private readonly Dictionary<Type, object> _jobs = [];
    private ExceptionDispatchInfo? _error;

    /// <param name="threads">How many threads work, the caller's included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread.</exception>
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

    /// <summary>
    /// Ends a kernel call between two of its tasks, wherever the call is made from. What the call was to write is then of no use, and so is
    /// what follows from it: for passes whose results are dropped when they are cancelled, not for steps of a training.
    /// </summary>
    internal CancellationToken Cancellation { get; init; }

    /// <summary>Calls work(task, thread) for every task 0 … tasks−1, in any order, and returns when all are done.</summary>
    /// <param name="work">A delegate that the caller keeps, so that nothing is allocated.</param>
    /// <exception cref="OperationCanceledException"><see cref="Cancellation"/>; some of the tasks were not done.</exception>
    internal void Run(int tasks, Action<int, int> work)
    {
        if (Threads == 1 || tasks <= 1)
        {
            for (var task = 0; task < tasks; task++)
            {
                Cancellation.Look();
                work(task, 0);
            }
            return;
        }
        (_work, _tasks, _error) = (work, tasks, null);
        Volatile.Write(ref _pending, tasks);
        Interlocked.Exchange(ref _ticket, NextRun | (uint)tasks);
        for (var i = 0; i < _threads.Length; i++)
            if (Interlocked.Exchange(ref _asleep[i], 0) == 1) _wake[i].Release();
        Work(0);
        for (var spins = 0; Volatile.Read(ref _pending) > 0; spins++)
            if (spins < SpinsBeforeYield) Thread.SpinWait(4);
            else Thread.Yield();
        _work = null;
        _error?.Throw();
    }

    private long NextRun => ((_ticket >> 32) + 1) << 32;

    /// <summary>
    /// At least that many numbers of scratch for one thread of the team, aligned, with whatever was left in them; valid until its next
    /// request.
    /// </summary>
    internal unsafe Span<T> Scratch<T>(int thread, int length) where T : unmanaged
    {
        var bytes = checked(length * sizeof(T));
        if (_scratch[thread] is not { } buffer || buffer.Length < bytes)
        {
            _scratch[thread] = buffer = new AlignedBuffer<byte>(bytes);
        }
        return new Span<T>(buffer.Pointer, length);
    }

    /// <summary>
    /// The one object of that type that belongs to this team: where a kernel keeps its operands and its delegates between calls.
    /// </summary>
    internal TJob Job<TJob>() where TJob : class, new()
    {
        if (_jobs.TryGetValue(typeof(TJob), out var job)) return (TJob)job;
        var added = new TJob();
        _jobs.Add(typeof(TJob), added);
        return added;
    }

    /// <summary>Ends the threads and waits for them. No call may be running.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        Interlocked.Exchange(ref _ticket, NextRun);
        foreach (var wake in _wake) wake.Release();
        foreach (var thread in _threads) thread.Join();
        foreach (var wake in _wake) wake.Dispose();
    }

    private void Serve(int index)
    {
        var seen = 0L;
        while (true)
        {
            seen = Await(index, seen);
            if (_closed) return;
            Work(index + 1);
        }
    }

    // The next run. Spins shortly, since the next kernel call of a training step comes within microseconds, then yields, then sleeps.
    private long Await(int index, long seen)
    {
        for (var spins = 0; ; spins++)
        {
            var run = Volatile.Read(ref _ticket) >> 32;
            if (run != seen) return run;
            if (spins < SpinsBeforeYield) Thread.SpinWait(4);
            else if (spins < SpinsBeforeYield + 200) Thread.Yield();
            else
            {
                Volatile.Write(ref _asleep[index], 1);
                Interlocked.MemoryBarrier();
                // A run that came in between may have seen this thread awake; whoever resets the flag decides.
                if (Volatile.Read(ref _ticket) >> 32 != seen && Interlocked.Exchange(ref _asleep[index], 0) == 1) continue;
                _wake[index].Wait();
                if (_closed) return seen;
            }
        }
    }

    private void Work(int thread)
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket);
            var left = (int)ticket;
            if (left == 0) return;
            var (work, task) = (_work, _tasks - left);
            if (Interlocked.CompareExchange(ref _ticket, ticket - 1, ticket) != ticket) continue;
            try
            {
                Cancellation.Look();
                work!(task, thread);
            }
            catch (Exception e)
            {
                // One error stops the rest and reaches the caller.
                _error ??= ExceptionDispatchInfo.Capture(e);
                TakeAll();
            }
            Interlocked.Decrement(ref _pending);
        }
    }

    // The run is not over while the task that failed is pending, so the ticket is its own.
    private void TakeAll()
    {
        long ticket;
        do ticket = Volatile.Read(ref _ticket);
        while (Interlocked.CompareExchange(ref _ticket, ticket >> 32 << 32, ticket) != ticket);
        Interlocked.Add(ref _pending, -(int)ticket);
    }
}
