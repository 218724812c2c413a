using Rhoflow.Lab.Report;

namespace Rhoflow.Papers.Equations;

/// <summary>The table as the report shows it.</summary>
public static class EquationEntries
{
    /// <summary>All equations with their residuals, types and claims.</summary>
    /// <param name="fileOf">Where a type is written; null where that is not known.</param>
    public static IReadOnlyList<ReportEquation> Of(Func<Type, string?> fileOf)
    {
        var files = EquationTable.All.SelectMany(static e => e.Types).Distinct().ToDictionary(static t => t, fileOf);
        return [.. EquationTable.All.Select(Entry)];

        ReportEquation Entry(Equation equation)
        {
            var residual = EquationTable.ResidualOf(equation);
            return new ReportEquation(equation.Paper, equation.Id, $"{equation.Number}{equation.Letter}", equation.Section,
                equation.Kind.ToString().ToLowerInvariant(), equation.Tex, equation.Says)
            {
                Standing = EquationTable.StandingOf(equation),
                Corrected = equation.Corrected,
                Why = equation.Why,
                Note = equation.Note,
                PrintedResidual = residual?.Printed,
                CorrectedResidual = residual?.Corrected,
                WhyNotTried = EquationTable.WhyNotTried(equation),
                Types = [.. equation.Types.Select(t => (t.Name.Split('`')[0], files[t]))],
                Claims = [.. EquationTable.ClaimsOn(equation).Select(static c => c.Id)],
            };
        }
    }
}
