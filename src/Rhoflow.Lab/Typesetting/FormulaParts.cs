using System.Collections.Frozen;

namespace Rhoflow.Lab.Typesetting;

/// <summary>Where a long formula may be broken into lines: before a relation, at a space that separates two equations.</summary>
internal static class FormulaParts
{
    private static readonly FrozenSet<string> s_relations = FrozenSet.Create(StringComparer.Ordinal,
        @"\leq", @"\geq", @"\propto", @"\approx", @"\equiv", @"\Leftrightarrow", @"\sim", @"\neq");

    /// <summary>The equations in <paramref name="tex"/>, each by its parts, which are formulas.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(string tex)
    {
        var equations = new List<List<string>> { new() };
        var (start, depth) = (0, 0);
        for (var i = 0; i < tex.Length;)
        {
            var token = Token(tex, i);
            depth = Math.Max(0, depth + token switch
            {
                "{" or "(" or "[" or @"\{" or @"\left" => 1,
                "}" or ")" or "]" or @"\}" => -1,
                _ => 0,
            });
            // The bracket of a \left or \right counts once: \right closes what \left opened.
            var skip = token is @"\left" or @"\right" ? Token(tex, i + token.Length).Length : 0;
            if (token == @"\right") depth = Math.Max(0, depth - 1);
            if (depth == 0 && token is (@"\quad" or @"\qquad"))
            {
                Cut(i, i + token.Length);
                equations.Add([]);
            }
            else if (depth == 0 && i > start && (token is "=" or "<" or ">" || s_relations.Contains(token))) Cut(i, i);
            i += token.Length + skip;
        }
        Cut(tex.Length, tex.Length);
        return equations;

        void Cut(int end, int next)
        {
            var part = tex[start..end].Trim();
            if (part.Length > 0) equations[^1].Add(part);
            start = next;
        }
    }

    private static string Token(string tex, int at)
    {
        if (at >= tex.Length) return "";
        if (tex[at] != '\\' || at + 1 >= tex.Length) return tex[at].ToString();
        var end = at + 1;
        while (end < tex.Length && char.IsAsciiLetter(tex[end])) end++;
        return tex[at..Math.Max(end, at + 2)];
    }
}
