using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Plots;

/// <summary>
/// Reference laws of a panel. A law in x alone is one curve over the whole panel; one in other columns or keys has a value at each
/// observation and is joined as the measured curves are. Its constant c, if it has one, makes it meet the later half of what is measured,
/// for each curve by itself where the law is in x alone.
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
        var several = traces.Select(static t => t.Run).Distinct().Skip(1).Any();
        string Named(string text, Curve of) => several && of.Name.Length > 0 ? $"{text}: {of.Name}" : text;
        if (others.Count == 0)
        {
            if (!law.HasFree) return [WithoutGaps(Alone(law, law.Text, traces.SelectMany(static t => t.X), SignedLog.Of(1)))];
            // Each curve has its own factor.
            return
            [
                .. join(traces).Select(k => (Curve: k, C: Fitted(law, [new Trace(traces[0].Run, k.X, k.Y, [])], others)))
                    .Select(p => WithoutGaps(Alone(law, Named(WithFactor(law, p.C), p.Curve), p.Curve.X, p.C))),
            ];
        }
        var c = law.HasFree ? Fitted(law, traces, others) : SignedLog.Of(1);
        return
        [
            .. join([.. traces.Select(t => t with { Y = [.. t.X.Select((_, i) => Drawn(At(law, t, i, others, c)))] })])
                .Select(k => WithoutGaps(k with { Name = Named(law.HasFree ? WithFactor(law, c) : law.Text, k), Low = null, High = null,
                    IsLaw = true })),
        ];
    }

    private static string WithFactor(Law law, SignedLog c) => $"{law.Text}, c = {PlotAxis.Short(c.Value)}";

    private PlotName Find(string name)
    {
        // learning_rate may stand for learning-rate, which an expression would read as a difference.
        return names.TryQuantity(name) ?? names.TryQuantity(name.Replace('_', '-')) ?? names.Quantity(name, "--law");
    }

    private Curve Alone(Law law, string text, IEnumerable<double> over, SignedLog c)
    {
        double[] all = [.. over];
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
        else if (kept.Length < 0.9 * curve.X.Length)
            notes.Add($"law {curve.Name} is drawn where it has a value, in {kept.Length} of {curve.X.Length} places");
        return curve with { X = [.. kept.Select(i => curve.X[i])], Y = [.. kept.Select(i => curve.Y[i])], Counts = null };
    }
}
