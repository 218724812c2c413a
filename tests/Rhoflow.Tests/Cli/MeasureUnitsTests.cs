using Rhoflow.Cli;
using Rhoflow.Measures.Catalog;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>Every column of every table has its unit or scale in `list measures`.</summary>
public class MeasureUnitsTests
{
    [Fact]
    public void Every_column_and_array_has_a_unit_and_no_measure_is_without_columns()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var measure in MeasureCatalog.All)
        {
            string[] columns = [.. MeasureList.Settings.Where(s => measure.Refuse(s) is null).SelectMany(measure.Columns)];
            columns.ShouldNotBeEmpty(measure.Name);
            foreach (var column in columns.Concat(measure.Arrays.Select(static a => a.Name)))
            {
                ColumnUnits.Of(column).ShouldNotBeNullOrEmpty(column);
                used.UnionWith(ColumnUnits.Names(column));
            }
        }
        foreach (var name in ColumnUnits.Known)
        {
            used.ShouldContain(name);
            // What separates units in the list.
            ColumnUnits.Of(name)!.ShouldNotContain("; ");
        }
    }

    [Fact]
    public void The_list_names_every_column_with_its_unit()
    {
        var entries = MeasureList.Entries();
        foreach (var entry in entries)
        {
            var details = entry.Details.ToDictionary(static d => d.Label, static d => d.Value, StringComparer.Ordinal);
            details["columns"].ShouldNotBeEmpty(entry.Name);
            details["units"].ShouldNotContain("unknown");
            foreach (var column in details["columns"].Split(", ")) $", {details["units"]}".ShouldContain(column);
        }
        string Units(string name) => entries.First(e => e.Name == name).Details.First(static d => d.Label == "units").Value;
        Units("norms/rho_k").ShouldContain("W_k ≠ ρ_kV_k");
        Units("limits/max_margin_kkt").ShouldContain("Lyu–Li's ε");
        Units("limits/max_margin_kkt").ShouldContain("δ with Σλ = 1");
        Units("curvature/hessian_ends").ShouldContain("eigenvalue of the matrix itself");
        Units("bounds/capacity").ShouldContain("without γ, β");
        Units("clocks").ShouldContain("Σ η");
    }
}
