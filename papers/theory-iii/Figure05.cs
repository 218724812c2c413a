using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Theory III figure 5: direction error on all of Iris, gradient descent and weight normalization.</summary>
internal static class Figure05
{
    // log₁₀ t where the laws are fitted, and the ends that are tried beside.
    private const double First = 1, Last = 5;

    private static readonly double[] Ends = [2, 3, 4, 5, 6, 7, 8];

    private static string Power(double log10T) => log10T == 1 ? "10" : Wording.Power((long)Math.Pow(10, log10T));

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-05",
        Paper = SourcePapers.TheoryIII,
        Number = "5",
        Title = "Convergence of the direction on all of Iris",
        Caption = "Above, the paper's two graphs: the error beside the least-squares line in 1/log t and the one in t^(−½ log t), the law "
            + "of one example. The paper does not state its range. It trains in steps, of which 1e5 or 1e6 are made, at rates below 1; so "
            + $"the laws are fitted from t = {Power(First)} to {Power(Last)}, on observations evenly in log t, and R² is "
            + "shown for other ends too, beside that of one example of norm 1 (figure 4). Below, what becomes of the errors: with three "
            + "support vectors of unequal dual weight both flows end on ‖v − v*‖ = constant/log t, with constants γ√(‖c‖² + ‖w_⊥‖²) and "
            + "γ‖c‖ that are computed from the data (dashed). What weight normalization loses quickly is the memory of its start, about "
            + "like 1/t (last panel). Classes, starts and the end at t = 1e300 are ours.",
        Config = "papers/theory-iii/figure-05.yaml",
        Runs = static () =>
        [
            IrisFlows.GradientDescent, IrisFlows.WeightNormalization,
            IrisFlows.GradientDescentFromZero, IrisFlows.WeightNormalizationFromGradientDescent,
            OneFlower.Unit.GradientDescent, OneFlower.Unit.WeightNormalization,
        ],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var svm = IrisFlows.Svm;
        double Error(FlowPoint p) => p.DirectionError(svm.Direction);
        double Sine(FlowPoint p) => Math.Exp(OneFlower.LogSine(p));
        var (gd, wn) = (IrisFlows.Gd(context), IrisFlows.Wn(context));
        var (oneGd, oneWn) = (OneFlower.Unit.Gd(context), OneFlower.Unit.Wn(context));
        LawFit Fit(string law, IReadOnlyList<FlowPoint> points, Func<FlowPoint, double> error, double end = Last) =>
            LawFit.Of(law, points, error, First, end);
        LawFit[] gdFits = [Fit(LawFit.InverseLog, gd, Error), Fit(LawFit.PowerOfLog, gd, Error)],
            wnFits = [Fit(LawFit.InverseLog, wn, Error), Fit(LawFit.PowerOfLog, wn, Error)];

        var goodness = new Panel($"Goodness of fit by the end of the range (from t = {Power(First)})",
            new Axis("end of the range, t", Scale.Exponent, Min: Ends[0] - .2, Max: Ends[^1] + .2),
            new Axis("R²", Min: 0, Max: 1.15)).At("range above", Last);
        Panel Goodness(Panel panel, string name, string law, IReadOnlyList<FlowPoint> points, Func<FlowPoint, double> error, int colour)
        {
            // One example is observed evenly in log t until 1e6 only. Its two curves lie on each other: the first is drawn by dots.
            double[] ends = [.. Ends.Where(e => e <= 6 || points == gd || points == wn)];
            return panel.With(new Series($"{name}: {law}", points == oneGd ? SeriesMark.Points : SeriesMark.Line, ends,
                [.. ends.Select(e => Fit(law, points, error, e).R2)], colour));
        }
        goodness = Goodness(goodness, "gradient descent", LawFit.InverseLog, gd, Error, 0);
        goodness = Goodness(goodness, "weight normalization", LawFit.InverseLog, wn, Error, 1);
        goodness = Goodness(goodness, "weight normalization", LawFit.PowerOfLog, wn, Error, 4);
        goodness = Goodness(goodness, "one example, gradient descent", LawFit.InverseLog, oneGd, Sine, 5);
        goodness = Goodness(goodness, "one example, weight normalization", LawFit.PowerOfLog, oneWn, Sine, 2);

        return new Chart(
            Laws("Gradient descent", gd, Error, gdFits, 0), Laws("Weight normalization", wn, Error, wnFits, 1),
            goodness, Straight(gd, wn, Error), Constants(gd, wn, Error), MemoryPanel(context))
        {
            Findings = Said(gdFits, wnFits, Fit(LawFit.InverseLog, oneGd, Sine), Fit(LawFit.PowerOfLog, oneWn, Sine),
                [.. Ends.Select(e => Fit(LawFit.InverseLog, wn, Error, e).R2 - Fit(LawFit.PowerOfLog, wn, Error, e).R2)]),
        };
    }

    private static string Said(LawFit[] gd, LawFit[] wn, LawFit oneGd, LawFit oneWn, double[] advantage)
    {
        static string R(LawFit fit) => Wording.Text(fit.R2, 4);
        static string Drops(double all, double one) => all < one ? "drops from" : "does not drop from";
        var better = wn[0].R2 > wn[1].R2 ? "1/log t fits weight normalization better" : "1/log t does not fit weight normalization better";
        var ends = advantage.All(a => a > 0) ? "at every end of the range that was tried" : advantage.Any(a => a > 0)
            ? $"at {advantage.Count(a => a > 0)} of the {advantage.Length} ends of the range that were tried" : "at no end of the range";
        return $"From t = {Power(First)} to {Power(Last)}: {better}, R² = {R(wn[0])} against {R(wn[1])} of t^(−½ log t); "
            + $"its R² is the greater {ends}. For gradient descent they are {R(gd[0])} and {R(gd[1])}. The goodness of fit of each flow's "
            + $"own law {Drops(gd[0].R2, oneGd.R2)} {R(oneGd)} for one example to {R(gd[0])} (gradient descent), and "
            + $"{Drops(wn[1].R2, oneWn.R2)} {R(oneWn)} to {R(wn[1])} (weight normalization).";
    }

    private static Panel Laws(string flow, IReadOnlyList<FlowPoint> points, Func<FlowPoint, double> error, LawFit[] fits, int colour)
    {
        var shown = points.Where(p => p.Log10T is >= First and <= Last).ToList();
        var panel = new Panel($"{flow}: two laws fitted, t = {Power(First)} … {Power(Last)}",
            new Axis("t", Scale.Exponent), new Axis("‖v − v*‖")).Line(flow.ToLowerInvariant(), shown.Log10T(), shown.Column(error), colour);
        foreach (var (fit, i) in fits.Select((f, i) => (f, i)))
            panel = panel.Predicted($"{fit.Law}, R² = {Wording.Text(fit.R2, 4)}", shown.Log10T(), fit.At, i == 0 ? 7 : 4);
        return panel;
    }

    private static GradientDescentResidual Law(IReadOnlyList<FlowPoint> gd) =>
        GradientDescentResidual.FromLate(IrisFlows.GradientDescent.Data, IrisFlows.Svm, gd[^1].Weights());

    private static Panel Straight(IReadOnlyList<FlowPoint> gd, IReadOnlyList<FlowPoint> wn, Func<FlowPoint, double> error)
    {
        var law = Law(gd);
        double[] inverse = [0, .06, .12, .2];
        var (late, lateWn) = (From(gd), From(wn));
        return new Panel("Error against 1/log t", new Axis("1/log t", Min: 0, Max: .45), new Axis("‖v − v*‖", Min: 0, Max: .26))
            .Line("gradient descent", late.Column(p => 1 / p.At.LogT), late.Column(error), 0)
            .Line("weight normalization", lateWn.Column(p => 1 / p.At.LogT), lateWn.Column(error), 1)
            .Predicted("γ√(‖c‖² + ‖w_⊥‖²)/log t", inverse.Where(x => x <= .12).ToArray(), x => law.Constant * x, 0)
            .Predicted("γ‖c‖/log t", inverse, x => law.WeightNormalizationConstant * x, 1);
    }

    private static Panel Constants(IReadOnlyList<FlowPoint> gd, IReadOnlyList<FlowPoint> wn, Func<FlowPoint, double> error)
    {
        var law = Law(gd);
        var (late, lateWn) = (From(gd), From(wn));
        return new Panel("Error times log t, to t = 1e300", new Axis("t", Scale.Exponent), new Axis("‖v − v*‖ · log t", Min: 0))
            .Line("gradient descent", late.Log10T(), late.Column(p => error(p) * p.At.LogT), 0)
            .Line("weight normalization", lateWn.Log10T(), lateWn.Column(p => error(p) * p.At.LogT), 1)
            .Predicted("γ√(‖c‖² + ‖w_⊥‖²)", [1, 300], _ => law.Constant, 0)
            .Predicted("γ‖c‖", [1, 300], _ => law.WeightNormalizationConstant, 1);
    }

    private static List<FlowPoint> From(IEnumerable<FlowPoint> points) => [.. points.Where(p => p.Log10T >= 1)];

    private static Panel MemoryPanel(StudyContext context)
    {
        var memory = new Panel("Memory of the start: distance between two flows", new Axis("t", Scale.Exponent),
            new Axis("‖v − v′‖", Scale.Log, Min: 1e-13));
        memory = Memory(memory, "gradient descent", IrisFlows.Gd(context), IrisFlows.GdFromZero(context), 0);
        memory = Memory(memory, "weight normalization", IrisFlows.Wn(context), IrisFlows.WnFromGdStart(context), 1);
        FlowPoint first = IrisFlows.Wn(context).AtDecade(2), second = IrisFlows.WnFromGdStart(context).AtDecade(2);
        var constantOverT = Vectors.Distance(first.LinearDirection()!, second.LinearDirection()!) * 100;
        return memory.Predicted("constant/t", [.. Curves.Exponents(1, 9, 41)], e => constantOverT * Math.Pow(10, -e), 7);
    }

    private static Panel Memory(Panel panel, string name, IReadOnlyList<FlowPoint> a, IReadOnlyList<FlowPoint> b, int colour)
    {
        var pairs = a.Zip(b).Where(p => p.First.Log10T is >= 0 and <= 16).ToList();
        return panel.Line(name, [.. pairs.Select(p => p.First.Log10T)],
            [.. pairs.Select(p => Math.Max(1e-13, Vectors.Distance(p.First.LinearDirection()!, p.Second.LinearDirection()!)))], colour);
    }
}
