using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Report;
using Rhoflow.Papers.Catalog;

namespace Rhoflow.Papers.Equations;

/// <summary>
/// Every numbered equation of the four papers, and the lines without a number whose print is wrong. What comments and claims cite is
/// looked up here: what the print says, what it must say, which types implement it, and which claims rest on it.
/// </summary>
public static class EquationTable
{
    private static readonly Dictionary<string, Equation> ById = new(StringComparer.OrdinalIgnoreCase);

    private static readonly Lazy<ILookup<string, Claim>> ClaimsById = new(static () => PapersCatalog.Claims
        .SelectMany(static c => Of(c).Select(e => (e.Id, Claim: c))).ToLookup(static p => p.Id, static p => p.Claim));

    /// <summary>All equations, paper by paper (T3, T3b, SQ, PNAS), in the order of their numbers, each with its letters after it.</summary>
    public static IReadOnlyList<Equation> All { get; } =
    [
        .. Merged([.. TheoryIIIMainText.All, .. TheoryIIIMargins.All, .. TheoryIIIDynamics.All]),
        .. Merged([.. TheoryIIIbLinear.All, .. TheoryIIIbDeep.All]),
        .. Merged([.. SquareLossMainText.All, .. SquareLossDynamics.All]),
        .. Merged(TheoreticalIssuesEquations.All),
    ];

    private static IEnumerable<Equation> Merged(IReadOnlyList<Equation> numbered) =>
        numbered.Concat(UnnumberedLines.All.Where(e => e.Paper == numbered[0].Paper)).OrderBy(static e => e.Number)
            .ThenBy(static e => e.Letter, StringComparer.Ordinal);

    static EquationTable()
    {
        foreach (var equation in All) ById.Add(equation.Id, equation);
    }

    /// <summary>The papers whose equations are listed, in the table's order.</summary>
    public static IReadOnlyList<Paper> Papers { get; } = [.. All.Select(static e => e.Paper).Distinct()];

    /// <summary>The equation of an id, <c>T3.22</c>; null where there is none.</summary>
    public static Equation? Find(string id) => ById.GetValueOrDefault(id);

    /// <summary>The equation that a person asks for: <c>T3.22</c>, <c>T3 eq. 22</c>, <c>t3 22</c>.</summary>
    /// <exception cref="ConfigException">There is none; the nearest ids are named.</exception>
    public static Equation Require(string asked)
    {
        if (Citations.Asked(asked) is { } citation && Find(citation.Id) is { } equation) return equation;
        var near = Nearest.Words(asked.Trim(), All.Select(static e => e.Id));
        var hint = near.Length > 0 ? $"; nearest: {string.Join(", ", near)}" : "";
        var papers = Papers.Select(static p => $"{p.Short}.1 to {p.Short}.{All.Where(e => e.Paper == p).Max(static e => e.Number)}");
        throw new ConfigException($"'{asked}' is not an equation{hint}; there are {string.Join(", ", papers)}");
    }

    /// <summary>The equations that a claim rests on: those it names, and those that its place cites; in the table's order.</summary>
    /// <exception cref="InvalidOperationException">It names an equation that does not exist.</exception>
    public static IReadOnlyList<Equation> Of(Claim claim)
    {
        var ids = claim.Equations.Concat(Citations.InPlace(claim.Paper, claim.Place, Papers).Select(static c => c.Id));
        var set = ids.Select(id => Named(id).Id).ToHashSet(StringComparer.Ordinal);
        return [.. All.Where(e => set.Contains(e.Id))];

        Equation Named(string id) =>
            Find(id) ?? throw new InvalidOperationException($"Claim {claim.Id} rests on {id}, which no paper has.");
    }

    /// <summary>
    /// How far the printed and the corrected form miss what differences of the loss give on a random instance, both the same where the
    /// print is right; null where no number decides (<see cref="WhyNotTried"/>).
    /// </summary>
    /// <param name="equation">The equation.</param>
    /// <param name="seed">Of the instance.</param>
    public static EquationResidual? ResidualOf(Equation equation, int seed = 1) => EquationResiduals.Of(equation, seed);

    /// <summary>Why an equation has no residual, in a few words; null where it has one.</summary>
    public static string? WhyNotTried(Equation equation) => EquationResiduals.Tried.Contains(equation.Id) ? null : NotTried.Why(equation);

    /// <summary>What is known of an equation's print, and by what.</summary>
    public static EquationStanding StandingOf(Equation equation) => EquationStandings.Of(EquationResiduals.Tried.Contains(equation.Id),
        equation.Corrected is not null, equation.Kind is EquationKind.Definition or EquationKind.Loss);

    /// <summary>The claims that rest on <paramref name="equation"/>, in the catalogue's order.</summary>
    public static IReadOnlyList<Claim> ClaimsOn(Equation equation) => [.. ClaimsById.Value[equation.Id]];
}
