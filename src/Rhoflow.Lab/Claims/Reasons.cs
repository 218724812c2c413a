namespace Rhoflow.Lab.Claims;

/// <summary>Sentences made from the checks that decided, for claims that bring no text of their own for the verdict.</summary>
internal static class Reasons
{
    public static string For(Verdict verdict, IReadOnlyCollection<Check> checks, IReadOnlyList<string> care)
    {
        var printed = checks.Where(c => c.Role == CheckRole.Printed).ToList();
        switch (verdict)
        {
            case Verdict.Holds:
                return $"As printed: {Join(printed)}.";
            case Verdict.Care when printed.All(c => c.Passed == true):
                return $"{Capital(Join(printed))}. This needs: {string.Join("; ", care)}.";
            case Verdict.Care:
                return $"As printed it does not hold: {Join(printed.Where(c => c.Passed == false))}. "
                    + $"{Groups(checks, CheckRole.Corrected, "With care –")}";
            case Verdict.Fails:
                var text = $"Counter-example: {Join(printed.Where(c => c.Passed == false))}.";
                if (checks.Any(c => c.Role == CheckRole.Instead)) text += " " + Groups(checks, CheckRole.Instead, "Instead:");
                return text;
            default:
                var open = checks.Where(c => c.Role is CheckRole.Premise && c.Passed != true).ToList();
                if (open.Count > 0) return $"Not decided, because the computation itself did not pass its check: {Join(open)}.";
                if (printed.Count == 0) return "Not decided: the printed claim was not checked.";
                return $"Not decided, because it could not be measured: {Join(checks.Where(c => c.Passed is null))}.";
        }
    }

    private static string Groups(IEnumerable<Check> checks, CheckRole role, string opening) => string.Join(" ", checks
        .Where(c => c.Role == role)
        .GroupBy(c => c.Group, StringComparer.Ordinal)
        .Select(g => g.All(c => c.Passed == true)
            ? $"{opening} {g.Key}: {Join(g)}."
            : $"Not confirmed either – {g.Key}: {Join(g.Where(c => c.Passed != true))}."));

    private static string Join(IEnumerable<Check> checks) => string.Join("; ", checks.Select(c => c.Sentence));

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
