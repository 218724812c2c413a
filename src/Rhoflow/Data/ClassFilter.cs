namespace Rhoflow.Data;

/// <summary>Which classes are worth reading.</summary>
internal static class ClassFilter
{
    /// <summary>One entry per class: whether its examples are kept.</summary>
    /// <exception cref="DataException">There is no class of that name.</exception>
    public static bool[] Of(string set, IReadOnlyList<string> names, IReadOnlyList<string>? wanted)
    {
        var keep = new bool[names.Count];
        if (wanted is null) Array.Fill(keep, true);
        foreach (var name in wanted ?? [])
        {
            var k = Enumerable.Range(0, names.Count)
                .FirstOrDefault(k => string.Equals(names[k], name, StringComparison.OrdinalIgnoreCase), -1);
            keep[k >= 0 ? k : throw new DataException($"data '{set}' has no class '{name}'; its classes are {string.Join(", ", names)} "
                + "(and 'rest')")] = true;
        }
        return keep;
    }
}
