namespace Rhoflow.Lab.Config;

/// <summary>What a person probably meant: the valid words nearest to a given one.</summary>
public static class Nearest
{
    /// <summary>"; nearest: kind, rho; allowed: …" with the nearest words (if any is near) before the whole list.</summary>
    public static string Hint(string given, IEnumerable<string> allowed, string label = "allowed")
    {
        var all = allowed.ToArray();
        var near = Words(given, all);
        // dense:10 is one word in YAML, and no key with a value.
        if (given.IndexOf(':') is > 0 and var colon && colon < given.Length - 1 && all.Contains(given[..colon]))
            return $"; a blank is missing after the colon: '{given[..colon]}: {given[(colon + 1)..]}'";
        return (near.Length > 0 ? $"; nearest: {string.Join(", ", near)}" : "") + $"; {label}: {string.Join(", ", all)}";
    }

    /// <summary>
    /// The up to three words within a third of the longer length (or that contain, or are contained in, the given one), nearest first.
    /// </summary>
    public static string[] Words(string given, IEnumerable<string> allowed)
    {
        var g = given.ToLowerInvariant();
        return [.. allowed
            .Select(w => (Word: w, Distance: Distance(g, w.ToLowerInvariant())))
            .Where(p => p.Distance <= Math.Max(1, (Math.Max(g.Length, p.Word.Length) + 1) / 3)
                || (g.Length > 2 && (p.Word.Contains(g, StringComparison.OrdinalIgnoreCase)
                || (p.Word.Length > 2 && g.Contains(p.Word, StringComparison.OrdinalIgnoreCase)))))
            .OrderBy(p => p.Distance).ThenBy(p => p.Word, StringComparer.Ordinal)
            .Take(3).Select(p => p.Word)];
    }

    /// <summary>Levenshtein's distance, a swap of neighbours counted as one edit.</summary>
    public static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var change = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(change, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
