using System.Globalization;
using Rhoflow.Lab.Plots;

namespace Rhoflow.Cli;

/// <summary>Two runs on a terminal.</summary>
internal static class ComparisonTable
{
    private const int LongestValue = 40;

    /// <summary>The differences of configs, of last observations and of curves.</summary>
    public static void Show(RunComparison c, TextWriter output)
    {
        output.WriteLine($"A  {c.A.Folder.Id}  {c.A.Folder.Name}, {c.A.Started}, {c.A.StatusWord}");
        output.WriteLine($"B  {c.B.Folder.Id}  {c.B.Folder.Name}, {c.B.Started}, {c.B.StatusWord}");
        output.WriteLine();
        if (c.Keys.Count == 0) output.WriteLine("the configs are the same");
        else
        {
            var keys = new FittedTable();
            keys.Add("config", 0, c.Keys.Select(static k => k.Key), isLeft: true);
            keys.Add("A", 0, c.Keys.Select(static k => Cut(k.A ?? "–")), isLeft: true);
            keys.Add("B", 0, c.Keys.Select(static k => Cut(k.B ?? "–")), isLeft: true);
            keys.Show(output);
        }
        var last = c.Last.Where(static d => !double.IsNaN(d.A) || !double.IsNaN(d.B)).ToArray();
        if (last.Length == 0) output.WriteLine("there are no observations to compare");
        else
        {
            var table = new FittedTable();
            table.Add("last observation", 0, last.Select(static d => d.Quantity), isLeft: true);
            table.Add("A", 0, last.Select(static d => ObservationTable.Number(d.A)));
            table.Add("B", 0, last.Select(static d => ObservationTable.Number(d.B)));
            table.Add("relative", 1, last.Select(static d => Relative(d.Relative)));
            table.Show(output);
        }
        Curves(c, output);
        if (c.OnlyA.Count > 0) output.WriteLine($"only A has {string.Join(", ", c.OnlyA)}");
        if (c.OnlyB.Count > 0) output.WriteLine($"only B has {string.Join(", ", c.OnlyB)}");
    }

    private static void Curves(RunComparison c, TextWriter output)
    {
        var compared = c.Curves.Where(static k => k.Compared > 0).ToArray();
        if (compared.Length == 0)
        {
            output.WriteLine($"no two observations are at the same {c.Clock}, so the curves are not compared point by point");
            return;
        }
        var differing = compared.Where(static k => k.Largest > 0).OrderByDescending(static k => k.Largest).ToArray();
        var places = compared.Max(static k => k.Compared);
        output.WriteLine($"curves: {compared.Length - differing.Length} of {compared.Length} columns are equal to the last digit at the "
            + $"{places} observations in common");
        foreach (var k in differing.Take(5))
            output.WriteLine($"  {k.Column}: first differs at {c.Clock} = {ObservationTable.Number(k.First!.Value)}; most, by "
                + $"{Relative(k.Largest)}, at {ObservationTable.Number(k.At)}");
    }

    private static string Relative(double relative) => double.IsNaN(relative) ? "" : relative == 0 ? "0"
        : relative < 1e-4 ? relative.ToString("0.0e0", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{relative:0.##%}");

    private static string Cut(string text) => text.Length <= LongestValue ? text : text[..(LongestValue - 1)] + "…";
}
