using Rhoflow.Lab.Runs;
using Rhoflow.Measures;

namespace Rhoflow.Lab.Inspection;

/// <summary>A measure that is left out unless its family is asked for.</summary>
/// <param name="Measure">Which.</param>
/// <param name="Seconds">That it would take, about.</param>
public sealed record DearMeasure(Measure Measure, double Seconds);

/// <summary>What an inspection says while it is at work, and how long a measure may take that nobody asked for by its family.</summary>
/// <param name="Progress">Where it stands, twice a second.</param>
/// <param name="Say">What is to be kept: forecasts.</param>
/// <param name="Longest">Seconds.</param>
public sealed record InspectionWatch(Action<string> Progress, Action<string> Say, double Longest)
{
    // Shorter work is over before its forecast is read.
    private const double WorthSaying = 10;

    /// <summary>Those that would take longer.</summary>
    internal IReadOnlyList<DearMeasure> Dear(MeasureForecast forecast, MeasureTable table)
    {
        var dear = new List<DearMeasure>();
        var left = table.Taken.Select(static t => t.Measure).ToList();
        // Without one that is dear the next may have to compute what they share.
        while (forecast.Of(left).FirstOrDefault(m => m.Seconds > Longest) is { Measure: { } measure } found)
        {
            dear.Add(new DearMeasure(measure, found.Seconds));
            left.Remove(measure);
        }
        return dear;
    }

    /// <summary>Says how long it will take, where that is worth a line.</summary>
    /// <param name="outputs">Seconds until the outputs of all examples are there.</param>
    /// <param name="measures">What is measured of them then.</param>
    internal void Announce(double outputs, IReadOnlyList<(Measure Measure, double Seconds)> measures)
    {
        if (outputs + measures.Sum(static m => m.Seconds) is var all && all < WorthSaying) return;
        var families = measures.GroupBy(static m => m.Measure.Family, StringComparer.Ordinal)
            .Select(static g => (Family: g.Key, Seconds: g.Sum(static m => m.Seconds))).Append((Family: "outputs", Seconds: outputs))
            .Where(f => f.Seconds > all / 10)
            .OrderByDescending(static f => f.Seconds).Select(static f => $"{f.Family} {MeasureWatch.Words(f.Seconds)}");
        Say($"measuring takes about {MeasureWatch.Words(all)} ({string.Join(", ", families)}); Ctrl-C shows what is measured until then");
    }
}
