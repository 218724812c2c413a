using Rhoflow.Observations;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>
/// What measures remember after each of the latest observations: a trajectory's checkpoint may stand some observations back, and a resumed
/// run
/// measures on from there.
/// </summary>
internal sealed class ObservationMemory(History start)
{
    private readonly SortedDictionary<int, IReadOnlyDictionary<string, double[]>> _after = new() { [0] = Copy(start) };

    /// <summary>What is remembered now.</summary>
    public History Now => start;

    /// <summary>An observation has been written.</summary>
    /// <param name="rows">Observations written so far.</param>
    /// <param name="from">What was remembered after fewer observations will not be asked for.</param>
    public void Advance(Snapshot point, int rows, int from)
    {
        start.Advance(point);
        _after[rows] = Copy(start);
        while (_after.Keys.First() is var oldest && oldest < from) _after.Remove(oldest);
    }

    /// <summary>What was remembered after so many observations.</summary>
    public IReadOnlyDictionary<string, double[]> At(int rows) => _after[rows];

    /// <exception cref="ArgumentException">The arrays do not fit.</exception>
    public void Restore(IReadOnlyDictionary<string, double[]> arrays, int rows)
    {
        start.Restore(arrays);
        _after.Clear();
        _after[rows] = Copy(start);
    }

    private static Dictionary<string, double[]> Copy(History history) =>
        history.Arrays.ToDictionary(static a => a.Name, static a => (double[])a.Values.Clone(), StringComparer.Ordinal);
}
