namespace Rhoflow.Tests.Architecture;

/// <summary>Circles among rooms: found from imports alone, without knowing any floor.</summary>
internal static class Circles
{
    /// <summary>A shortest circle through every room that is on one, each as its imports in order; none where there is no circle.</summary>
    /// <param name="imports">Who imports whom.</param>
    /// <param name="room">The room of a type; null where it has none.</param>
    public static IReadOnlyList<IReadOnlyList<Import>> Of(IEnumerable<Import> imports, Func<TypeName, string?> room)
    {
        var edges = new Dictionary<string, Dictionary<string, Import>>(StringComparer.Ordinal);
        foreach (var import in imports.OrderBy(static i => i.ToString(), StringComparer.Ordinal))
        {
            if (room(import.From) is not { } from || room(import.To) is not { } to || from == to) continue;
            if (!edges.TryGetValue(from, out var exits)) edges[from] = exits = new(StringComparer.Ordinal);
            exits.TryAdd(to, import);
        }
        var found = new List<IReadOnlyList<Import>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in edges.Keys.Order(StringComparer.Ordinal))
        {
            if (seen.Contains(start) || Back(edges, start) is not { } circle) continue;
            found.Add(circle);
            foreach (var import in circle) seen.Add(room(import.From)!);
        }
        return found;
    }

    // Breadth first from a room until it is reached again.
    private static List<Import>? Back(Dictionary<string, Dictionary<string, Import>> edges, string start)
    {
        var cameBy = new Dictionary<string, (string From, Import By)>(StringComparer.Ordinal);
        var queue = new Queue<string>([start]);
        while (queue.TryDequeue(out var here))
            foreach (var (next, import) in edges.GetValueOrDefault(here) ?? [])
            {
                if (!cameBy.TryAdd(next, (here, import))) continue;
                if (next != start)
                {
                    queue.Enqueue(next);
                    continue;
                }
                var circle = new List<Import>();
                var at = start;
                do
                {
                    var (from, by) = cameBy[at];
                    circle.Insert(0, by);
                    at = from;
                }
                while (at != start);
                return circle;
            }
        return null;
    }
}
