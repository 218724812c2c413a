using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b02: ∂ρ_k²/∂t is the same for all layers.</summary>
internal static class LayersGrowAlike
{
    // Steps of descent, and where it ends.
    private const double Coarse = .004, Fine = .001, End = 2;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b02-layers-grow-alike",
        Paper = SourcePapers.TheoryIII,
        Place = "eq. 58–60, Appendix 12.1 and theorem 1.6; Theoretical issues Lemma 2; Square loss Lemma 3",
        Equations = ["PNAS.12", "SQ.26", "T3.25d", "SQ.25a", "PNAS.12a", "PNAS.22c"],
        Hypothesis = "Gradient flow on a deep network that is homogeneous in each layer; no separability is needed for the equality "
            + "(Appendix 12.1).",
        Statement = "∂ρ_k²/∂t is the same for every layer k: 2 Σ_n y_n f_n e^{−y_n f_n}.",
        SetUp = DeepBalance.Words + ". ReLU networks of the same shape (labels of a random 3-unit ReLU teacher): rates of the three "
            + "layers from each layer's gradient and from eq. 60, at the start and along gradient descent; "
            + $"and gradient descent to t = {End} with steps of {Wording.Text(Coarse)} and {Wording.Text(Fine)}, whose drift vanishes "
            + "with the step.",
        History = ["was counted among the tests that hold until 2026-11-28; it is an identity"],
        Expected = "Rates of the three layers equal to rounding; ρ_k²(t) − ρ_k²(0) equal for all k along the flow.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        judge.Identity("ρ_k times the structural lemma, ΣW_k ∂f/∂W_k = f for every layer, summed with y_n e^{−y_n f_n}");
        double spread = 0, formula = 0;
        double[] drifts = new double[5], quotients = new double[5], euler = new double[5], matrices = new double[5];
        for (var seed = 0; seed < 5; seed++)
        {
            var points = DeepBalance.Gd(context, seed);
            foreach (var p in points)
                for (var k = 1; k < 3; k++)
                    drifts[seed] = Math.Max(drifts[seed], Math.Abs(Difference(p, k) - Difference(points[0], k)) / (p.RhoK[k] * p.RhoK[k]));
            matrices[seed] = MatrixDrift(points);
            var coarse = EulerDrift(seed, Coarse, ref spread, ref formula);
            euler[seed] = EulerDrift(seed, Fine, ref spread, ref formula);
            quotients[seed] = coarse / euler[seed];
        }
        judge.Printed.AtMost("spread of dρ_k²/dt over the layers of five ReLU networks, relative", spread, 1e-12);
        judge.Printed.AtMost("dρ_k²/dt against 2Σ y f e^{−yf}, five ReLU networks, relative", formula, 1e-12);
        judge.Measure("drift of ρ_k² − ρ_1² to t = 1e8 over ρ_k², linear, seeds 0–4", drifts);
        judge.Printed.AtMost("largest drift of ρ_k² − ρ_1² to t = 1e8 over ρ_k², five deep linear networks", drifts.Max(), 1e-9);
        judge.Measure("drift of ρ_2² − ρ_1² at t = 2 with steps of 0.001, ReLU, seeds 0–4", euler);
        judge.Measure("the same with steps of 0.004 over steps of 0.001 (4 where it vanishes with the step)", quotients);
        judge.Amended("a deep linear network keeps the whole matrix W_2ᵀW_2 − W_1W_1ᵀ")
            .AtMost("largest drift of W_2ᵀW_2 − W_1W_1ᵀ to t = 1e8 over ρ_1², linear", matrices.Max(), 1e-9);

        var first = DeepBalance.Gd(context, 0).Skip(1).ToList();
        var panel = new Panel("Growth of the squared norms of three layers, linear network, seed 0", new Axis("t", Scale.Exponent),
            new Axis("ρₖ² − ρₖ²(0)"));
        var zero = DeepBalance.Gd(context, 0)[0];
        for (var k = 0; k < 3; k++)
        {
            var layer = k;
            panel = panel.Line($"layer {k + 1}", first.Log10T(), first.Column(p => Square(p.RhoK[layer]) - Square(zero.RhoK[layer])));
        }
        var squares = new Panel("Differences of squared norms", new Axis("t", Scale.Exponent), new Axis("ρₖ² − ρ₁²", Min: -1.2, Max: 1.5));
        for (var k = 1; k < 3; k++)
        {
            var layer = k;
            squares = squares.Line(k == 1 ? "ρ₂² − ρ₁²" : "ρ₃² − ρ₁²", first.Log10T(), first.Column(p => Difference(p, layer)), k)
                .Predicted($"its value at t = 0 ({(k == 1 ? "−0.8" : "1.12")})", first.Log10T(), _ => Difference(zero, layer), 7);
        }
        return judge.Outcome(
            holds: $"The rates of the three layers agree to {Wording.Text(spread)} in five ReLU networks all along their descent, and in "
                + $"five deep linear ones ρ_k² − ρ_1² drifts by at most {Wording.Text(drifts.Max())} up to t = 1e8 (the integrator's "
                + $"tolerance). It is a property of the flow: descent in steps of 0.001 lets it drift by {Wording.Text(euler.Min())} to "
                + $"{Wording.Text(euler.Max())} by t = 2, in proportion to the step.",
            chart: new Chart(panel, squares), caption: "Left: the squared norms of three unequal layers grow by the same amount, so the "
                + "curves lie on one another. Right: their differences stand still.");
    }

    private static double Square(double a) => a * a;

    private static double Difference(FlowPoint p, int k) => (p.RhoK[k] - p.RhoK[0]) * (p.RhoK[k] + p.RhoK[0]);

    private static double Sum(ReadOnlySpan<double> c, ReadOnlySpan<double> f)
    {
        var sum = 0.0;
        for (var n = 0; n < c.Length; n++) sum += Math.Abs(c[n] * f[n]);
        return sum;
    }

    private static double MatrixDrift(IReadOnlyList<FlowPoint> points)
    {
        double[] Balance(FlowPoint p)
        {
            var w = p.Network.Unpack(p.Weights());
            var balance = new List<double>();
            for (var i = 0; i < w[0].Length; i++)
                for (var j = 0; j < w[0].Length; j++) balance.Add(w[1].Sum(row => row[i] * row[j]) - Vectors.Dot(w[0][i], w[0][j]));
            return [.. balance];
        }
        var first = Balance(points[0]);
        return points.Max(p => Vectors.Distance(Balance(p), first) / Square(p.RhoK[0]));
    }

    // |ρ_2² − ρ_1²| moved by steps to t = 2 on a ReLU network; on the way the three rates are compared with each other and with T3 eq. 60.
    private static double EulerDrift(int seed, double step, ref double spread, ref double formula)
    {
        var (net, risk, theta) = DeepBalance.Relu(seed);
        var descent = new double[net.ParameterCount];
        double Gap() => Square(Vectors.Norm(net.Layers[1].Of(theta))) - Square(Vectors.Norm(net.Layers[0].Of(theta)));
        var before = Gap();
        var steps = (int)Math.Round(End / step);
        for (var i = 0; i < steps; i++)
        {
            if (i % (steps / 20) == 0)
            {
                var rates = DeepBalance.Rates(net, risk, theta, out _);
                var eq60 = 2 * risk.WeightedOutput();
                // Relative to the terms that cancel in the sum over examples.
                var terms = 2 * Sum(risk.Weights.ToArray(), risk.Outputs(theta));
                spread = Math.Max(spread, (rates.Max() - rates.Min()) / terms);
                formula = Math.Max(formula, rates.Max(r => Math.Abs(r - eq60)) / terms);
            }
            var scale = risk.Evaluate(theta, descent).LogScale;
            Vectors.Add(step * Math.Exp(scale), descent, theta);
        }
        return Math.Abs(Gap() - before);
    }
}
