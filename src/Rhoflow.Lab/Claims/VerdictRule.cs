namespace Rhoflow.Lab.Claims;

/// <summary>
/// How checks fold into a verdict, the same for every claim. Nothing else decides, in particular not the words that a claim chooses:
/// <list type="number">
/// <item><b>undecided</b>: a <see cref="CheckRole.Premise"/> or <see cref="CheckRole.Hypothesis"/> does not pass (the computation cannot
/// be trusted, or the set-up is not what the paper speaks of), the printed statement was not checked, or no check of it fails and
/// one is open: not measured, or hanging on a threshold that the paper does not give, on the seed, or on which few networks were
/// drawn (<see cref="CorrelationInterval"/>);</item>
/// <item><b>holds</b>: every <see cref="CheckRole.Printed"/> check passes;</item>
/// <item><b>with care</b>: some printed check fails, and the same statement, told by its quantities, passes in a narrower form. That is:
/// for every quantity with a failing printed check there is an amendment that checks this quantity too, inside a narrower assumption or
/// against a corrected constant, and passes with all of its checks. The boundary is shown by the pair: the quantity passes on one side
/// of the assumption and fails on the other;</item>
/// <item><b>fails</b>: otherwise. The failing check is a counter-example inside the paper's hypothesis; amendments say what is true
/// in its place.</item>
/// </list>
/// </summary>
public static class VerdictRule
{
    /// <summary>The verdict of <paramref name="checks"/>.</summary>
    public static Verdict Fold(IReadOnlyCollection<Check> checks)
    {
        var printed = checks.Where(c => c.Role == CheckRole.Printed).ToList();
        if (printed.Count == 0 || checks.Any(c => c.Role is CheckRole.Premise or CheckRole.Hypothesis && c.Passed != true))
            return Verdict.Undecided;
        if (printed.All(c => c.Passed == true)) return Verdict.Holds;
        var failing = Quantities(printed.Where(c => c.Passed == false));
        if (failing.Count == 0) return Verdict.Undecided;
        var groups = Amendments(checks).ToList();
        bool Covered(IEnumerable<string> quantities, Func<Check, bool> counts) => quantities.All(q =>
            groups.Any(g => g.All(counts) && g.Any(c => string.Equals(c.Quantity, q, StringComparison.Ordinal))));
        if (!Covered(failing, static c => c.Passed != false)) return Verdict.Fails;
        return Covered(Quantities(printed.Where(c => c.Passed != true)), static c => c.Passed == true) ? Verdict.Care : Verdict.Undecided;
    }

    /// <summary>
    /// The amendments that narrow the printed statement: those that check a quantity whose printed check does not pass, and pass. Others
    /// say what
    /// is true in its place.
    /// </summary>
    public static IReadOnlySet<string> Narrower(IReadOnlyCollection<Check> checks)
    {
        var failing = Quantities(checks.Where(c => c.Role == CheckRole.Printed && c.Passed != true));
        return Amendments(checks)
            .Where(g => g.All(c => c.Passed == true) && g.Any(c => failing.Contains(c.Quantity)))
            .Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
    }

    private static HashSet<string> Quantities(IEnumerable<Check> checks) =>
        checks.Select(c => c.Quantity).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<IGrouping<string, Check>> Amendments(IEnumerable<Check> checks) =>
        checks.Where(c => c.Role == CheckRole.Amended).GroupBy(c => c.Group, StringComparer.Ordinal);
}
