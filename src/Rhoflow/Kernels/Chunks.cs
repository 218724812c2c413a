namespace Rhoflow.Kernels;

/// <summary>
/// Work on rows 0 … count − 1 in chunks of fixed size, so that what is summed chunk by chunk does not depend on the threads.
/// </summary>
internal sealed class Chunks
{
    /// <summary>Does the rows first … first + rows − 1, chunk number <c>chunk</c>.</summary>
    public delegate void Work(int first, int rows, int chunk);

    private readonly Team _team;
    private readonly int _size;
    private readonly Work _work;
    private readonly Action<int, int> _task;
    private int _count;

    /// <param name="size">Rows of a chunk.</param>
    public Chunks(Team team, int size, Work work)
    {
        (_team, _size, _work) = (team, size, work);
        _task = (task, _) => _work(task * _size, Math.Min(_size, _count - task * _size), task);
    }

    public void Run(int count)
    {
        _count = count;
        _team.Run((count + _size - 1) / _size, _task);
    }
}
