namespace Rhoflow.Lab.Claims;

/// <summary>Sentences made from the checks that decided, for claims that bring no text of their own for the verdict.</summary>
internal static class Reasons
{
    public static string For(Verdict verdict, IReadOnlyCollection<Check> checks)
    {
        var printed = checks.Where(c => c.Role == CheckRole.Printed).ToList();
        switch (verdict)
        {
            case Verdict.Holds:
                return $"As printed: {Join(printed)}.";
            case Verdict.Care:
                return $"As printed it does not hold: {Join(printed.Where(c => c.Passed == false))}. {Amendments(checks)}";
            case Verdict.Fails:
                return $"Counter-example: {Join(printed.Where(c => c.Passed == false))}. {Amendments(checks)}".TrimEnd();
            default:
                var broken = checks.Where(c => c.Role == CheckRole.Premise && c.Passed != true).ToList();
                if (broken.Count > 0) return $"Not decided, because the computation itself did not pass its check: {Join(broken)}.";
                var outside = checks.Where(c => c.Role == CheckRole.Hypothesis && c.Passed != true).ToList();
                if (outside.Count > 0) return $"Not decided, because this is not inside the paper's hypothesis: {Join(outside)}.";
                if (printed.Count == 0) return "Not decided: the printed statement was not checked.";
                var open = checks.Where(c => c.Passed is null).ToList();
                if (open.Any(c => c.Measured is null)) return $"Not decided, because it could not be measured: {Join(open)}.";
                var few = open.Where(c => c.Expectation.Contains(CorrelationInterval.Words, StringComparison.Ordinal)).ToList();
                return string.Join(" ", new[]
                {
                    ("the paper gives no bound and the answer depends on it", open.Except(few).ToList()),
                    ("so few pairs leave the answer open", few),
                }.Where(r => r.Item2.Count > 0).Select(r => $"Not decided, because {r.Item1}: {Join(r.Item2)}."));
        }
    }

    private static string Amendments(IReadOnlyCollection<Check> checks)
    {
        var narrower = VerdictRule.Narrower(checks);
        return string.Join(" ", checks.Where(c => c.Role == CheckRole.Amended).GroupBy(c => c.Group, StringComparer.Ordinal)
            .Select(g => g.All(c => c.Passed == true)
                ? $"{(narrower.Contains(g.Key) ? "With care –" : "Instead:")} {g.Key}: {Join(g)}."
                : $"Not confirmed either – {g.Key}: {Join(g.Where(c => c.Passed != true))}."));
    }

    private static string Join(IEnumerable<Check> checks) => string.Join("; ", checks.Select(c => c.Sentence));
}
