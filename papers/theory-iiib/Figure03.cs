using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>Theory IIIb figure 3: two loss surfaces over the same two weights, with their level lines, valleys and curvatures.</summary>
internal static class ValleysFigure
{
    private const double Edge = 4;

    private static readonly FlowRun SetUp = new("theory-iiib/figure-03");
    private static readonly double[][] Starts = [[-1.5, 2.5], [-3, -.5], [.5, -2], [3, -.8], [-.5, .7]];

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theory-iiib/figure-03",
        Paper = SourcePapers.TheoryIIIb,
        Number = "3",
        Title = "A flat valley and one that slopes to infinity",
        Caption = "The paper's cartoon, computed: two layers of one unit each, f = w₂w₁x, on one example with x = y = 1, the same in all "
            + "panels. Above: level lines (dashed), and gradient flow from the same five starts. Under the square loss a flow stops where "
            + "it meets the bottom w₁w₂ = 1, so the start decides; under the exponential loss none stops, and all turn into the bottom "
            + "w₁ = w₂, which is where the loss is least at a given norm. Below, along the two bottoms: the loss, and the eigenvalues of "
            + "its Hessian, computed from the network (lines) and in closed form (dashed): 2‖w‖² and 0 under the square loss, "
            + "(‖w‖² − 1)L and L under the exponential one.",
        Config = "papers/theory-iiib/figure-03.yaml",
        Runs = static () => [.. Starts.SelectMany(w => new[] { Flat(w), Sloping(w) })],
        Build = Build,
    };

    /// <summary>At a place on the bottom of a valley: the loss, and the eigenvalues of its Hessian.</summary>
    public readonly record struct Place(double Norm, double Loss, double Large, double Small);

    /// <summary>The bottom w₁w₂ = 1 of the square loss at a norm of at least √2.</summary>
    public static Place OnFlat(double norm)
    {
        // w₁ + w₂ and w₁ − w₂, of which the squares are ‖w‖² ± 2.
        double sum = Math.Sqrt(norm * norm + 2), difference = Math.Sqrt(norm * norm - 2);
        return At(Flat(Starts[0]).Risk(), [(sum + difference) / 2, (sum - difference) / 2]);
    }

    /// <summary>The bottom w₁ = w₂ of the exponential loss.</summary>
    public static Place OnSloping(double norm) => At(SetUp.Risk(), [norm / Math.Sqrt(2), norm / Math.Sqrt(2)]);

    private static Chart Build(StudyContext context)
    {
        Panel Surface(string title) =>
            new(title, new Axis("w₁", Min: -Edge, Max: Edge), new Axis("w₂", Min: -Edge, Max: Edge));
        // Of L = (1 − f)² and L = e^{−f}, as products f = w₁w₂.
        var flat = Levels(Surface("Square loss"), "level lines: L = .25, 1, 4, 9", [-2, -1, 0, .5, 1.5, 2, 3, 4]);
        flat = Levels(flat, "bottom: L = 0", [1], 3);
        var sloping = Levels(Surface("Exponential loss"), "level lines: L = .03, .1, .3, 1, 3, 10",
            [.. ((double[])[.03, .1, .3, 1, 3, 10]).Select(static l => -Math.Log(l))]);
        sloping = sloping.Predicted("bottom: w₁ = w₂", [-Edge, Edge], static w => w, 3);
        foreach (var start in Starts)
        {
            var (a, b) = Path(Flat(start), context);
            flat = flat.Line("gradient flow", a, b, 0).Points("its end", [a[^1]], [b[^1]], 1);
            (a, b) = Path(Sloping(start), context);
            sloping = sloping.Line("gradient flow", a, b, 0);
        }

        double[] norms = [.. Enumerable.Range(0, 46).Select(static i => 1.5 + .1 * i)];
        Place[] square = [.. norms.Select(OnFlat)], exponential = [.. norms.Select(OnSloping)];
        var loss = new Panel("Loss along the bottoms (square loss: 0)", new Axis("‖w‖"), new Axis("L", Scale.Log))
            .Line("exponential", norms, [.. exponential.Select(static p => p.Loss)], 0)
            .Predicted("e^{−‖w‖²/2}", norms, static r => Math.Exp(-r * r / 2), 7);
        var curvature = new Panel("Eigenvalues of the Hessian there (square loss, along its bottom: 0)", new Axis("‖w‖"),
            new Axis("eigenvalue", Scale.Log))
            .Line("square, across", norms, [.. square.Select(static p => p.Large)], 1)
            .Line("exponential, the larger", norms, [.. exponential.Select(static p => p.Large)], 0)
            .Line("exponential, the smaller", norms, [.. exponential.Select(static p => p.Small)], 5)
            .Predicted("closed forms", norms, static r => 2 * r * r, 7)
            .Predicted("closed forms", norms, static r => (r * r - 1) * Math.Exp(-r * r / 2), 7)
            .Predicted("closed forms", norms, static r => Math.Exp(-r * r / 2), 7);
        return new Chart(flat, sloping, loss, curvature) { Findings = Findings(context, square, exponential) };
    }

    private static string Findings(StudyContext context, Place[] square, Place[] exponential)
    {
        double[][] stopped = [.. Starts.Select(w => Flat(w).Points(context)[^1].Weights())], gone =
            [.. Starts.Select(w => Sloping(w).Points(context)[^1].Weights())];
        double[] ends = [.. stopped.Select(static w => Vectors.Norm(w))];
        var off = stopped.Max(static w => Math.Abs(1 - w[0] * w[1]));
        double[] norms = [.. gone.Select(static w => Vectors.Norm(w))];
        var angle = gone.Max(static w => Math.Abs(Math.Atan(w[1] / w[0]) - Math.PI / 4));
        return $"The five flows under the square loss end with |1 − w₁w₂| ≤ {Wording.Text(off, 1)} at norms from "
            + $"{Wording.Text(ends.Min())} to {Wording.Text(ends.Max())}; under the exponential loss they are at {Wording.End(SetUp)} at "
            + $"norms from {Wording.Text(norms.Min(), 5)} to {Wording.Text(norms.Max(), 5)} and within {Wording.Text(angle, 2)} of the "
            + "direction w₁ = w₂. Along the flat bottom the smaller eigenvalue is at most "
            + $"{Wording.Text(square.Max(static p => Math.Abs(p.Small) / p.Large), 1)} of the larger, along the sloping one at least "
            + $"{Wording.Text(exponential.Min(static p => p.Small / p.Large), 2)} of it.";
    }

    // Hyperbolas w₁w₂ = f within the panel, both branches; an ordinate that is not a number lifts the pen between them.
    private static Panel Levels(Panel panel, string name, double[] products, int colour = 7)
    {
        foreach (var f in products)
        {
            double[] w1, w2;
            if (f == 0) (w1, w2) = ([-Edge, Edge, 0, 0, 0], [0, 0, double.NaN, -Edge, Edge]);
            else
            {
                // Equal steps of log w₁ from one edge to the other.
                var end = Math.Log(Edge * Edge / Math.Abs(f)) / 2;
                double[] branch =
                    [.. Enumerable.Range(0, 61).Select(i => Math.Sqrt(Math.Abs(f)) * Math.Exp(end * (i - 30) / 30.0))];
                w1 = [.. branch, 0, .. branch.Select(static w => -w)];
                w2 = [.. w1.Select(w => w == 0 ? double.NaN : f / w)];
            }
            panel = panel.Predicted(name, w1, w2, colour);
        }
        return panel;
    }

    private static FlowRun Sloping(double[] start) => SetUp.With(Start(start));

    private static FlowRun Flat(double[] start) =>
        SetUp.With(Start(start), "loss={name: square, reduction: sum}", "observe.at.log10-t={from: -3, to: 3, count: 120}",
        "flow.until.log10-t=3");

    private static string Start(double[] w) => Override.Layers([[w[0]]], [[w[1]]]);

    private static (double[] W1, double[] W2) Path(FlowRun run, StudyContext context)
    {
        double[][] w = [run.Start, .. run.Points(context).Select(static p => p.Weights())];
        w = [.. w.TakeWhile(static v => Math.Abs(v[0]) < Edge && Math.Abs(v[1]) < Edge)];
        return ([.. w.Select(static v => v[0])], [.. w.Select(static v => v[1])]);
    }

    private static Place At(EmpiricalRisk risk, double[] w)
    {
        var (hessian, scale) = risk.Hessian(w);
        var eigenvalues = DenseMatrix.OfArray(hessian).Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues
            .Select(e => e.Real * Math.Exp(scale.LogScale)).Order().ToArray();
        return new Place(Vectors.Norm(w), Math.Exp(risk.LogLoss(w)), eigenvalues[1], eigenvalues[0]);
    }
}
