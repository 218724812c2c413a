using Rhoflow.Lab.Claims;

namespace Rhoflow.Lab.Report;

/// <summary>Checks in groups, each with what stands over it.</summary>
internal static class CheckHeading
{
    /// <summary>
    /// The groups in their order: the paper's hypothesis, the statement as printed, premises, and each amendment, which narrows the
    /// statement (“with care”) or says what is true in its place, as <see cref="VerdictRule"/> finds.
    /// </summary>
    public static IEnumerable<(string Heading, IEnumerable<Check> Checks)> Groups(ClaimResult result)
    {
        var narrower = VerdictRule.Narrower(result.Checks);
        return result.Checks.GroupBy(c => (c.Role, c.Group)).Select(g => (g.Key.Role switch
        {
            CheckRole.Premise => "The computation can be trusted",
            CheckRole.Hypothesis => "Inside the paper's hypothesis",
            CheckRole.Printed => "As printed",
            _ => narrower.Contains(g.Key.Group) ? $"With care: {g.Key.Group}" : $"Instead: {g.Key.Group}",
        }, (IEnumerable<Check>)g));
    }
}
