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
    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iii/figure-05",
        Paper = SourcePapers.TheoryIII,
        Number = "5",
        Title = "Convergence of the direction on all of Iris",
        Caption = "The paper finds that weight normalization on many examples fits 1/log t better than its law for one example. So it "
            + "must: with three support vectors of unequal dual weight both flows end on ‖v − v*‖ = constant/log t, with constants "
            + "γ√(‖c‖² + ‖w⊥‖²) and γ‖c‖ that are computed from the data (dashed). What weight normalization loses quickly is the memory "
            + "of its start, about like 1/t (last panel), not the error. The approach is slow: before t = 1e8 neither curve is a "
            + "straight line. Classes, starts and the end at t = 1e300 are ours.",
        Config = "papers/theory-iii/figure-05.yaml",
        Runs = static () =>
        [
            IrisFlows.GradientDescent, IrisFlows.WeightNormalization,
            IrisFlows.GradientDescentFromZero, IrisFlows.WeightNormalizationFromGradientDescent,
        ],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var svm = IrisFlows.Svm;
        var gd = IrisFlows.Gd(context).Where(p => p.Log10T >= 1).ToList();
        var wn = IrisFlows.Wn(context).Where(p => p.Log10T >= 1).ToList();
        double Error(FlowPoint p) => p.DirectionError(svm.Direction);
        var law = GradientDescentResidual.FromLate(IrisFlows.GradientDescent.Data, svm, gd[^1].Weights());
        double[] inverse = [0, .06, .12, .2];
        var straight = new Panel("Error against 1/log t", new Axis("1/log t", Min: 0, Max: .45), new Axis("‖v − v*‖", Min: 0, Max: .26))
            .Line("gradient descent", gd.Column(p => 1 / p.At.LogT), gd.Column(Error), 0)
            .Line("weight normalization", wn.Column(p => 1 / p.At.LogT), wn.Column(Error), 1)
            .Predicted("γ√(‖c‖² + ‖w⊥‖²)/log t", inverse.Where(x => x <= .12).ToArray(), x => law.Constant * x, 0)
            .Predicted("γ‖c‖/log t", inverse, x => law.WeightNormalizationConstant * x, 1);
        var constant = new Panel("Error times log t, to t = 1e300", new Axis("t", Scale.Exponent), new Axis("‖v − v*‖ · log t", Min: 0))
            .Line("gradient descent", gd.Log10T(), gd.Column(p => Error(p) * p.At.LogT), 0)
            .Line("weight normalization", wn.Log10T(), wn.Column(p => Error(p) * p.At.LogT), 1)
            .Predicted("γ√(‖c‖² + ‖w⊥‖²)", [1, 300], _ => law.Constant, 0)
            .Predicted("γ‖c‖", [1, 300], _ => law.WeightNormalizationConstant, 1);
        var early = Curves.Exponents(1, 16, 61);
        var one = new Panel("Error against the law of one example", new Axis("t", Scale.Exponent, Min: 0),
            new Axis("‖v − v*‖", Scale.Log, Min: 1e-4, Max: 1))
            .Line("gradient descent", Until(gd, 16).Log10T(), Until(gd, 16).Column(Error), 0)
            .Line("weight normalization", Until(wn, 16).Log10T(), Until(wn, 16).Column(Error), 1)
            .Predicted("t^(−log t/(2γ²)), one example with margin γ", [.. Curves.Exponents(0, 1.7, 30)], e =>
            Math.Exp(OneExampleInvariants.LogSineLaw(svm.Margin, e * Curves.Ln10)), 7)
            .Predicted("γ‖c‖/log t", [.. early.Where(e => e >= 2.2)], e => law.WeightNormalizationConstant / (e * Curves.Ln10), 1);
        var memory = new Panel("Memory of the start: distance between two flows", new Axis("t", Scale.Exponent),
            new Axis("‖v − v′‖", Scale.Log, Min: 1e-13));
        memory = Memory(memory, "gradient descent", IrisFlows.Gd(context), IrisFlows.GdFromZero(context), 0);
        memory = Memory(memory, "weight normalization", IrisFlows.Wn(context), IrisFlows.WnFromGdStart(context), 1);
        FlowPoint first = IrisFlows.Wn(context).AtDecade(2), second = IrisFlows.WnFromGdStart(context).AtDecade(2);
        var constantOverT = Vectors.Distance(first.LinearDirection()!, second.LinearDirection()!) * 100;
        memory = memory.Predicted("constant/t", [.. Curves.Exponents(1, 9, 41)], e => constantOverT * Math.Pow(10, -e), 7);
        return new Chart(straight, constant, one, memory);
    }

    private static Panel Memory(Panel panel, string name, IReadOnlyList<FlowPoint> a, IReadOnlyList<FlowPoint> b, int colour)
    {
        var pairs = a.Zip(b).Where(p => p.First.Log10T is >= 0 and <= 16).ToList();
        return panel.Line(name, [.. pairs.Select(p => p.First.Log10T)],
            [.. pairs.Select(p => Math.Max(1e-13, Vectors.Distance(p.First.LinearDirection()!, p.Second.LinearDirection()!)))], colour);
    }

    private static List<FlowPoint> Until(IEnumerable<FlowPoint> points, double decade) => [.. points.Where(p => p.Log10T <= decade)];
}
