using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 3: two loss surfaces over two weights, with their level lines, valleys and curvatures.</summary>
internal static class ValleysFigure
{
    private static readonly FlowRun SetUp = new("theory-iiib/figure-03");
    private static readonly double[][] Starts = [[-1.5, 2.5], [-2, -1], [.5, -2], [3, -1.5], [-.5, .5]];
    private static readonly Dataset OneExample = new("one example", [1, .5], [1], 2);

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-03",
        Paper = SourcePapers.TheoryIIIb,
        Number = "3",
        Title = "A flat valley and one that slopes to infinity",
        Caption = "The paper's cartoon, computed for one linear unit with two weights. Above: level lines (dashed), and gradient flow "
            + "from five starts. Under the square loss on one example every flow stops where it meets the line of zero loss, so the "
            + "start decides. Under the exponential loss on two examples no flow stops: all turn into the maximum-margin direction. "
            + "Below: along the bottom of the first valley the loss is 0 and so is one eigenvalue of the Hessian; along the second the "
            + "loss falls like e^{−γρ}, and both eigenvalues are positive at every finite ρ.",
        Config = "papers/theory-iiib/figure-03.yaml",
        Runs = static () => [.. Starts.SelectMany(w => new[] { Flat(w), Sloping(w) })],
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var data = SetUp.Data;
        var svm = HardMargin.Solve(data);
        var flat = new Panel("Square loss, one example", new Axis("w₁", Min: -3, Max: 5), new Axis("w₂", Min: -3, Max: 4));
        var sloping = new Panel("Exponential loss, two examples", new Axis("w₁", Min: -3, Max: 5), new Axis("w₂", Min: -3, Max: 4));
        foreach (var error in new[] { 1.0, 2, 3 })
        {
            // (1 − w·x)² = error² on two lines across the panel.
            double[] w1 = [-3, 5, 5, -3, 5];
            flat = flat.Predicted("level lines: L = 1, 4, 9", w1,
                [.. w1.Select((w, i) => i == 2 ? double.NaN : (1 + (i < 2 ? error : -error) - w) / .5)], 7);
        }
        flat = flat.Predicted("bottom: L = 0", [-3, 5], w => (1 - w) / .5, 3);
        foreach (var level in new[] { .3, 1, 3, 10 })
        {
            var line = Level(data, level);
            sloping = sloping.Predicted("level lines: L = .3, 1, 3, 10", line.W1, line.W2, 7);
        }
        sloping = sloping.Predicted("maximum-margin direction", [0, 5], w => w * svm.Direction[1] / svm.Direction[0], 3);
        foreach (var start in Starts)
        {
            var (a, b) = Path(Flat(start), context);
            flat = flat.Line("gradient flow", a, b, 0).Points("its end", [a[^1]], [b[^1]], 1);
            (a, b) = Path(Sloping(start), context);
            sloping = sloping.Line("gradient flow", a, b, 0);
        }

        double[] rho = [.. Enumerable.Range(0, 41).Select(i => .5 * i)];
        var points = rho.Select(r => Along(data, svm, r)).ToArray();
        var bottom = new Panel("Loss along the bottom of the valley", new Axis("distance ρ along the valley"), new Axis("L"))
            .Line("exponential: 2 exp(−γρ)", rho, [.. points.Select(p => p.Loss)], 0)
            .Line("square: 0", rho, [.. rho.Select(_ => 0.0)], 1);
        var curvature = new Panel("Eigenvalues of the Hessian there", new Axis("distance ρ along the valley"),
            new Axis("eigenvalue", Scale.Log))
            .Line("exponential, the larger", rho, [.. points.Select(p => p.Large)], 0)
            .Line("exponential, the smaller", rho, [.. points.Select(p => p.Small)], 5)
            .Line("square, the larger (the smaller is 0)", rho,
            [.. rho.Select(_ => 2 * Vectors.Dot(OneExample.Example(0), OneExample.Example(0)))], 1);
        return new Chart(flat, sloping, bottom, curvature);
    }

    // Σ_n e^{−w·z_n} = level for two examples: e^{−w·z_1} = level·s, e^{−w·z_2} = level·(1 − s), 0 < s < 1.
    private static (double[] W1, double[] W2) Level(Dataset data, double level)
    {
        double[] share = [.. Enumerable.Range(-120, 241).Select(i => 1 / (1 + Math.Exp(.1 * i)))];
        var (p, q) = (data.Example(0).ToArray(), data.Example(1).ToArray());
        var det = p[0] * q[1] - p[1] * q[0];
        var points = share.Select(s =>
        {
            double a = -Math.Log(level * s), b = -Math.Log(level * (1 - s));
            return (W1: (a * q[1] - b * p[1]) / det, W2: (b * p[0] - a * q[0]) / det);
        }).Where(w => w.W1 is >= -3.2 and <= 5.2 && w.W2 is >= -3.2 and <= 4.2).ToArray();
        return ([.. points.Select(w => w.W1)], [.. points.Select(w => w.W2)]);
    }

    // Under the exponential loss of two examples.
    private static FlowRun Sloping(double[] start) => SetUp.With(Override.Weights(start));

    // Under the square loss of one.
    private static FlowRun Flat(double[] start) =>
        SetUp.With(Override.Weights(start), "loss={name: square, reduction: sum}", Override.Data(OneExample),
        "observe.at.log10-t={from: -3, to: 3, count: 120}", "flow.until.log10-t=3");

    private static (double[] W1, double[] W2) Path(FlowRun run, StudyContext context)
    {
        double[][] w = [run.Start, .. run.Points(context).Select(p => p.Weights())];
        w = [.. w.TakeWhile(v => v[0] < 5 && v[1] < 4)];
        return ([.. w.Select(v => v[0])], [.. w.Select(v => v[1])]);
    }

    // At ρ v*: L and the eigenvalues of ∇²L = Σ e^{−w·z} z zᵀ.
    private static (double Loss, double Large, double Small) Along(Dataset data, HardMarginSolution svm, double rho)
    {
        var hessian = new DenseMatrix(2, 2);
        var loss = 0.0;
        for (var n = 0; n < data.Count; n++)
        {
            var z = DenseVector.OfArray(data.Example(n).ToArray());
            var p = Math.Exp(-rho * Vectors.Dot(data.Example(n), svm.Direction));
            hessian += (DenseMatrix)(p * z.OuterProduct(z));
            loss += p;
        }
        var eigenvalues = hessian.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Select(e => e.Real).Order()
            .ToArray();
        return (loss, eigenvalues[1], eigenvalues[0]);
    }
}
