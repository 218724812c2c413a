namespace Rhoflow.Lab.Weights;

/// <summary>
/// Which array fills which place, such that shapes fit and the order that names fix is kept. One way only, or it is not decided here.
/// </summary>
/// <param name="First">The array of every place; null where there is no way.</param>
/// <param name="Second">Another way; null where the first is the only one.</param>
internal sealed record Assignment(int[]? First, int[]? Second)
{
    private const int MostSteps = 200_000;

    /// <summary>Searches for two ways.</summary>
    /// <param name="count">Places, and arrays.</param>
    /// <param name="fits">Whether array i fits place k, by (k, i).</param>
    /// <param name="isBefore">Whether array i comes before array j by name.</param>
    public static Assignment Find(int count, Func<int, int, bool> fits, Func<int, int, bool> isBefore)
    {
        var ways = new List<int[]>();
        var (chosen, used, steps) = (new int[count], new bool[count], 0);
        Place(0);
        // A search that was given up has not shown that a way is the only one.
        return ways.Count == 0 ? new(null, null) : new(ways[0], ways.Count > 1 ? ways[1] : steps > MostSteps ? ways[0] : null);

        void Place(int k)
        {
            if (k == count)
            {
                ways.Add([.. chosen]);
                return;
            }
            for (var i = 0; i < count && ways.Count < 2 && steps <= MostSteps; i++)
            {
                steps++;
                if (used[i] || !fits(k, i)) continue;
                var blocked = false;
                for (var j = 0; j < count && !blocked; j++) blocked = !used[j] && j != i && isBefore(j, i);
                if (blocked) continue;
                (used[i], chosen[k]) = (true, i);
                Place(k + 1);
                used[i] = false;
            }
        }
    }
}
