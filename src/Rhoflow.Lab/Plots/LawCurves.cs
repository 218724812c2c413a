using System.Globalization;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Plots;

/// <summary>
/// Reference laws of a panel. A law in x alone is one curve over the whole panel; one in other columns or keys has a value at each
/// observation and is joined as the measured curves are. Its constant c, if it has one, makes it meet the later half of what is measured.
/// </summary>
/// <param name="x">The abscissa, whose name laws use.</param>
/// <param name="y">The ordinate, in whose scale they are drawn.</param>
/// <param name="names">For the other names.</param>
/// <param name="notes">What has to be said.</param>
internal sealed class LawCurves(PlotAxis x, PlotAxis y, PlotNames names, Notebook notes)
{
    private const int Samples = 240;

    /// <summary>The curves of a law.</summary>
    /// <param name="law">The law.</param>
    /// <param name="traces">What is drawn in the panel.</param>
    /// <param name="join">Makes curves of traces, as those that are measured.</param>
    /// <exception cref="ConfigException">It has a name that is neither a column nor a key.</exception>
    public IReadOnlyList<Curve> Of(Law law, IReadOnlyList<Trace> traces, Func<IReadOnlyList<Trace>, IReadOnlyList<Curve>> join)
    {
        var others = law.Names.Where(n => n != x.Name.Name && n != Law.Free).ToDictionary(static n => n, Find, StringComparer.Ordinal);
        var text = law.Text;
        var c = SignedLog.Of(1);
        if (law.HasFree)
        {
            c = Fitted(law, traces, others);
            text = string.Create(CultureInfo.InvariantCulture, $"{law.Text}, c = {PlotAxis.Short(c.Value)}");
        }
        var curves = others.Count == 0 ? [Alone(law, text, traces, c)]
            : join([.. traces.Select(t => t with { Y = [.. t.X.Select((v, i) => Drawn(At(law, t, i, others, c)))] })])
                .Select(k => k with
                {
                    Name = traces.Select(static t => t.Run).Distinct().Count() > 1 && k.Name.Length > 0
                    ? $"{text}: {k.Name}" : text,
                    Low = null,
                    High = null,
                    IsLaw = true
                });
        return [.. curves.Select(WithoutGaps)];
    }

    private PlotName Find(string name)
    {
        // learning_rate may stand for learning-rate, which an expression would read as a difference.
        return names.TryQuantity(name) ?? names.TryQuantity(name.Replace('_', '-')) ?? names.Quantity(name, "--law");
    }

    private Curve Alone(Law law, string text, IReadOnlyList<Trace> traces, SignedLog c)
    {
        double[] all = [.. traces.SelectMany(static t => t.X)];
        double[] xs = all.Length == 0 || all.Min() == all.Max() ? [.. all.Distinct()]
            : [.. Enumerable.Range(0, Samples).Select(i => Between(all.Min(), all.Max(), i / (Samples - 1.0)))];
        double[] ys = [.. xs.Select(v => Drawn(law.At(n => n == Law.Free && n != x.Name.Name ? c : Wide(v))))];
        return new Curve(text, [], null, xs, ys, null, null, null) { IsLaw = true };
    }

    private double Between(double low, double high, double share) => x.Scale == Scale.Log
        ? low * Math.Pow(high / low, share) : low + (high - low) * share;

    private SignedLog At(Law law, Trace trace, int i, Dictionary<string, PlotName> others, SignedLog c) => law.At(n =>
        n == x.Name.Name ? Wide(trace.X[i]) : n == Law.Free ? c : others[n] is { IsKey: false } column
            ? trace.Run.Wide(trace.Rows[i], column.Name) : SignedLog.Of(others[n].Key!.Value(trace.Run.Record).Number ?? double.NaN));

    private SignedLog Wide(double drawn) => x.Scale == Scale.Exponent ? new SignedLog(1, drawn * Math.Log(10)) : SignedLog.Of(drawn);

    // The geometric mean of measured over law on the later half of each trace.
    private SignedLog Fitted(Law law, IReadOnlyList<Trace> traces, Dictionary<string, PlotName> others)
    {
        var ratios = new List<double>();
        foreach (var trace in traces)
            for (var i = trace.X.Length / 2; i < trace.X.Length; i++)
            {
                var (one, two) = (At(law, trace, i, others, SignedLog.Of(1)), At(law, trace, i, others, SignedLog.Of(2)));
                if (Math.Abs(two.Log - one.Log - Math.Log(2)) > 1e-6 && double.IsFinite(one.Log))
                    throw new ConfigException($"--law '{law.Text}': c is a factor that is fitted, so the law must be proportional to it; "
                        + "it is not");
                var measured = y.Scale == Scale.Exponent ? new SignedLog(1, trace.Y[i] * Math.Log(10)) : SignedLog.Of(trace.Y[i]);
                if (measured.Sign == one.Sign && measured.Sign != 0 && double.IsFinite(one.Log)) ratios.Add(measured.Log - one.Log);
            }
        if (ratios.Count > 0) return new SignedLog(1, ratios.Average());
        notes.Add($"law {law.Text}: nothing measured has its sign, so c stays 1");
        return SignedLog.Of(1);
    }

    private double Drawn(SignedLog value) => double.IsNaN(value.Log) ? double.NaN
        : y.Scale == Scale.Exponent ? value.Sign > 0 ? value.Log / Math.Log(10) : double.NaN : value.Value;

    private Curve WithoutGaps(Curve curve)
    {
        int[] kept = [.. Enumerable.Range(0, curve.X.Length)
            .Where(i => double.IsFinite(curve.Y[i]) && (y.Scale != Scale.Log || curve.Y[i] > 0))];
        if (kept.Length == 0) notes.Add($"law {curve.Name} has no value that can be drawn here");
        else if (kept.Length < curve.X.Length)
            notes.Add($"law {curve.Name} is drawn where it has a value, in {kept.Length} of {curve.X.Length} places");
        return curve with { X = [.. kept.Select(i => curve.X[i])], Y = [.. kept.Select(i => curve.Y[i])], Counts = null };
    }
}
