using System.Numerics;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 6: the speed of v, and where its oscillations come from.</summary>
internal static class Figure06
{
    private static readonly FlowRun Flow = new("theory-iii/figure-06"), FirstSteps = new("theory-iii/figure-06-start");

    private const int Epochs = 150_000, Last = 3000;
    private const double Step = 2e-4;

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-06",
        Paper = SourcePapers.TheoryIII,
        Number = "6",
        Title = "Speed of the direction, epoch by epoch",
        Caption = "The paper sees oscillations in the last epochs and ascribes them to numerical error. The flow (dashed) has none. "
            + "Gradient descent in double precision follows it through the last 3000 epochs; in single precision, where v moves by a few "
            + "units of the last place an epoch, the speed jumps between a few values: the oscillation. Another kind belongs to the "
            + "step: near and above its limit 2/λ, λ the largest curvature at the start, the first steps oscillate, with a tenth of it "
            + "they do not (last panel). Start, step, epochs and the definition of the rate are ours.",
        Config = "papers/theory-iii/figure-06.yaml",
        Runs = static () => [Flow, FirstSteps],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var z = Flow.Data.Signed();
        var fine = Speeds<double>(z, 4, Step, Epochs, context.Cancellation);
        var single = Speeds<float>(z, 4, Step, Epochs, context.Cancellation);

        // The flow is observed at the middle of each step, t = Step · (n + ½), of the epochs that are drawn.
        int[] early = [.. Enumerable.Range(0, 240).Select(i => (int)Math.Round(Math.Pow(10, 1 + i * (Math.Log10(Epochs - 1) - 1) / 239)))
            .Distinct()];
        int[] late = [.. Enumerable.Range(0, 61).Select(i => Epochs - Last + i * Last / 60 - (i == 60 ? 1 : 0))];
        var flow = Speeds(context);
        double[] Of(int[] epochs, double[] speeds) => [.. epochs.Select(n => speeds[n])];
        double[] X(IEnumerable<int> epochs) => [.. epochs.Select(n => (double)n)];
        var all = new Panel("All epochs", new Axis("epoch n (t = 2e-4 n)", Scale.Log), new Axis("‖v(n+1) − v(n)‖ / step", Scale.Log))
            .Line("gradient descent, single precision", X(early), Of(early, single), 4)
            .Line("gradient descent, double precision", X(early), Of(early, fine), 0)
            .Predicted("gradient flow, ‖dv/dt‖", X(early), [.. early.Select(n => flow[Step * (n + .5)])], 7);
        int[] everyLate = [.. Enumerable.Range(Epochs - Last, Last)];
        var last = new Panel($"Last {Last} epochs", new Axis("epoch n"), new Axis("‖v(n+1) − v(n)‖ / step", Min: 0))
            .Line("gradient descent, single precision", X(everyLate), Of(everyLate, single), 4)
            .Line("gradient descent, double precision", X(everyLate), Of(everyLate, fine), 0)
            .Predicted("gradient flow, ‖dv/dt‖", X(late), [.. late.Select(n => flow[Step * (n + .5)])], 7);
        var (curvature, steepest) = LargestCurvature(z, 4);
        var limit = 2 / curvature;
        var begin = new Panel("First steps, along the steepest direction", new Axis("t", Min: 0),
            new Axis("w along the top eigenvector of ∇²L(0)"));
        foreach (var (share, name, colour) in new[] { (1.5, "step 1.5 · 2/λ", 1), (.97, "step 0.97 · 2/λ", 4), (.1, "step 0.1 · 2/λ", 2) })
        {
            var path = Path(z, steepest, share * limit, (int)(30 / share));
            begin = begin.Line(name, [.. path.Select((_, n) => n * share * limit)], path, colour);
        }
        var first = FirstSteps.Points(context);
        begin = begin.Predicted("gradient flow, w", first.Column(p => p.T), first.Column(p => Vectors.Dot(steepest, p.Weights())), 7);
        return new Chart(all, last, begin);
    }

    // ‖dv/dt‖ of the flow by t.
    private static Dictionary<double, double> Speeds(StudyContext context)
    {
        var risk = Flow.Risk();
        var descent = new double[4];
        var speeds = new Dictionary<double, double>();
        foreach (var p in Flow.Points(context))
        {
            // dv/dt = (I − vvᵀ)ẇ/ρ, T3 eq. 21 with K = 1.
            var scale = risk.Evaluate(p.Weights(), descent).LogScale;
            Vectors.Add(-Vectors.Dot(p.V, descent), p.V, descent);
            speeds[p.T] = Math.Exp(scale) * Vectors.Norm(descent) / p.Rho;
        }
        return speeds;
    }

    /// <summary>
    /// ‖v(n+1) − v(n)‖/step of w ← w + step Σ z e^{−w·z} from w = 0, all in the precision of T; entry 0 has no v(0) and is 0.
    /// </summary>
    internal static double[] Speeds<T>(double[] signed, int d, double step, int epochs, CancellationToken cancellation) where T : struct,
        IFloatingPointIeee754<T>
    {
        T[] z = [.. signed.Select(T.CreateChecked)], w = new T[d], g = new T[d], v = new T[d];
        var eta = T.CreateChecked(step);
        var speeds = new double[epochs];
        for (var n = 0; n < epochs; n++)
        {
            if (n % 4096 == 0) cancellation.ThrowIfCancellationRequested();
            Descend(z, w, g, eta);
            var norm = T.Zero;
            foreach (var value in w) norm += value * value;
            norm = T.Sqrt(norm);
            var square = T.Zero;
            for (var i = 0; i < d; i++)
            {
                var next = w[i] / norm;
                square += (next - v[i]) * (next - v[i]);
                v[i] = next;
            }
            speeds[n] = n == 0 ? 0 : double.CreateChecked(T.Sqrt(square)) / step;
        }
        return speeds;
    }

    private static double[] Path(double[] z, double[] along, double step, int epochs)
    {
        double[] w = new double[along.Length], g = new double[along.Length];
        var path = new double[epochs + 1];
        for (var n = 1; n <= epochs; n++)
        {
            Descend(z, w, g, step);
            path[n] = Vectors.Dot(along, w);
        }
        return path;
    }

    private static void Descend<T>(T[] z, T[] w, T[] g, T eta) where T : struct, IFloatingPointIeee754<T>
    {
        var d = w.Length;
        Array.Clear(g);
        for (var row = 0; row < z.Length; row += d)
        {
            var margin = T.Zero;
            for (var i = 0; i < d; i++) margin += w[i] * z[row + i];
            var weight = T.Exp(-margin);
            for (var i = 0; i < d; i++) g[i] += weight * z[row + i];
        }
        for (var i = 0; i < d; i++) w[i] += eta * g[i];
    }

    // The largest eigenvalue of Σ zzᵀ, the Hessian at w = 0, by power iteration.
    private static (double Value, double[] Vector) LargestCurvature(double[] z, int d)
    {
        double[] v = [.. Enumerable.Repeat(1 / Math.Sqrt(d), d)];
        var value = 0.0;
        for (var step = 0; step < 200; step++)
        {
            var next = new double[d];
            for (var row = 0; row < z.Length; row += d) Vectors.Add(Vectors.Dot(z.AsSpan(row, d), v), z.AsSpan(row, d), next);
            value = Vectors.Norm(next);
            Vectors.Scale(1 / value, next, v);
        }
        return (value, v);
    }
}
