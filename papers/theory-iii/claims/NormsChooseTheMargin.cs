using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b91: constraints in different p-norms lead to different maximum margins; reparametrization in p does not.</summary>
internal static class NormsChooseTheMargin
{
    private static readonly double[] Norms = [1, 2, 4, double.PositiveInfinity];
    private const double Rho = 30, Late = 100, Reparametrized = 4;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b91-norms-choose-the-margin",
        Paper = SourcePapers.TheoryIII,
        Place = "§14, eq. 71–75; §5",
        Hypothesis = "Gradient flow of the exponential loss under ‖V‖_p = 1 by the projection S_p (eq. 50, 71), separable data; one "
            + "linear layer here, whose maximum margins can be bounded.",
        Statement = "Flows with different L_p norms are different and converge to different solutions, as support vector machines with L2 "
            + "and L1 regularizers do (§5). Constrained and reparametrized flows (eq. 72, 73) are clearly different for generic p; for p "
            + "= 2 they are quite similar (§14).",
        SetUp = $"Iris, setosa against the rest, one linear layer. The tangent flow at ρ = {Rho} for p = "
            + $"{string.Join(", ", Norms.Select(Name))}, from five random starts (seeds {Spread.Seeds[0]}–{Spread.Seeds[^1]}), to rest "
            + $"(for p = ∞ it is the library's, which holds "
            + "every coordinate that is at the maximum; eq. 50 as printed leaves the cube there, b89); by duality no margin under ‖v‖_p "
            + "= 1 exceeds ‖Σ p_n z_n‖_q, 1/p + 1/q = 1, p_n the softmax of −ρ z_n·v. Eq. 72 and 73 for "
            + $"p = {Reparametrized} and 2 to t = {Wording.Decade(Late)}.",
        Expected = "Under ‖v‖_p = 1 the margin min_n z_n·v of the rest within log N/ρ of the largest; directions apart for every two p.",
        Check = Check,
    };

    private static string Name(double p) => double.IsInfinity(p) ? "∞" : Wording.Text(p);

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var iris = Iris.Load().Binary("setosa");
        var risk = new EmpiricalRisk(Network.Dense(4, 1), Loss.Exponential, iris, Reduction.Sum);
        double[] held = [];
        var cubeUpper = 0.0;
        var directions = new Dictionary<double, double[]>();
        var bars = new Panel("Margin under ‖v‖_p = 1 of the rest of the flow", new Axis("p (5 stands for ∞)", Min: 0, Max: 6),
            new Axis("margin over its upper bound", Min: -.4, Max: 1.05));
        const string shortfall = "log L of the rest above the least under ‖v‖_p = 1, five starts";
        foreach (var p in Norms)
        {
            context.Progress($"p = {Name(p)}");
            var rests = Spread.Seeds.Select(seed => Rest(risk, p, seed, context)).ToArray();
            var margins = rests.Select(v => Margin(iris, v)).ToArray();
            var upper = rests.Min(v => Upper(iris, v, p));
            judge.Measure($"p = {Name(p)}: margins of five rests", margins);
            judge.Measure($"p = {Name(p)}: γ_p, from above", upper);
            judge.Hypothesis.AtLeast($"p = {Name(p)}: greatest margin, so that the data are separated", margins.Max(), 1e-2);
            judge.Premise.AtMost($"p = {Name(p)}: largest |‖v‖_p − 1| at rest", rests.Max(v => Math.Abs(NormsAndDirections.PNorm(v,
                p) - 1)), 1e-8);
            if (double.IsInfinity(p)) (held, cubeUpper) = (margins, upper);
            var worst = rests.Max(v => Excess(iris, v, p));
            if (double.IsInfinity(p)) judge.Measure($"p = {Name(p)}: {shortfall}", worst);
            else judge.Amended("for p < ∞ every start comes to the least loss").In($"p = {Name(p)}").AtMost(shortfall, worst, 1e-3);
            directions[p] = Unit(rests[Array.IndexOf(margins, margins.Max())]);
            bars = bars.Points($"p = {Name(p)}", [.. margins.Select(_ => double.IsInfinity(p) ? 5 : p)], [.. margins.Select(m =>
                m / upper)]);
        }
        var closest = Pairs().Min(pair => Degrees(directions[pair.A], directions[pair.B]));
        judge.Printed.AtLeast("least angle between the solutions of two norms, degrees", closest, 1);
        judge.Premise.AtMost("p = 2: angle from the fixed-ρ minimizer, degrees",
            Degrees(directions[2], FixedRhoMinimizer.Solve(iris, Rho).Direction.ToArray()), 1e-4);

        var svm = HardMargin.Solve(iris).Direction.ToArray();
        double[] FlowTo(Func<double, Flow> flow, double p) => Unit(flow(p).From(ExampleSets.Normal(4, 0, stream: 34),
            new IntegrationOptions { Tolerance = new(1e-9, 1e-11) }).At([Instant.FromLog10T(Late)],
                context.Cancellation).Single().V.ToArray());
        double[] constrained = FlowTo(p => new LpConstrainedFlow(risk, p), Reparametrized),
            rewritten = FlowTo(p => new LpReparametrizedFlow(risk, p), Reparametrized),
            two = FlowTo(p => new LpConstrainedFlow(risk, p), 2), twoRewritten = FlowTo(p => new LpReparametrizedFlow(risk, p), 2);
        judge.Printed.AtLeast("p = 4: angle between eq. 72 and eq. 73 at t = 1e100, degrees", Degrees(constrained, rewritten), 1);
        judge.Printed.AtMost("p = 2: angle between eq. 72 and eq. 73 at t = 1e100, degrees", Degrees(two, twoRewritten), 1);
        judge.Measure("p = 4: angle of eq. 73 from the L2 support vector machine, degrees", Degrees(rewritten, svm));
        judge.Measure("p = 4: angle of eq. 72 from the rest of the L4 flow, degrees", Degrees(constrained, directions[4]));
        judge.Amended("p = ∞: a coordinate that is held at the maximum stays there, even where g pulls it in, and the rest depends on the "
            + "start").AtMost("p = ∞: least margin of five rests over γ_∞", held.Min() / cubeUpper, .9);
        return judge.Outcome(
            holds: $"The solutions of two norms are at least {Wording.Text(closest)}° apart; for p = 1, 2 and 4 every start comes to the "
                + "one minimizer under ‖v‖_p = 1. For p = ∞ the library's flow holds a coordinate that is at the maximum even where the "
                + $"gradient pulls it in: five starts rest at margins {string.Join(", ", held.Select(m => Wording.Text(m)))}, "
                + $"where γ_∞ = {Wording.Text(cubeUpper)}. Eq. 72 and 73 for p = {Reparametrized} end "
                + $"{Wording.Text(Degrees(constrained, rewritten))}° apart at t = {Wording.Decade(Late)}: the reparametrized flow, which "
                + $"is gradient descent, is {Wording.Text(Degrees(rewritten, svm))}° from the L2 support vector machine whatever p; for p "
                + $"= 2 they are {Wording.Text(Degrees(two, twoRewritten))}° apart.",
            chart: new Chart(bars), caption: "Five starts for each norm; 1 is the maximum margin under that norm.");
    }

    private static double[] Rest(EmpiricalRisk risk, double p, long seed, StudyContext context) =>
        new TangentFlow(risk, p, Rho).From(ExampleSets.Normal(4, seed, stream: 35), new IntegrationOptions
        {
            Tolerance = new(1e-10,
            1e-12)
        })
            .At([Instant.FromLog10T(30)], context.Cancellation).Single().V.ToArray();

    private static double Margin(Dataset data, double[] v) => Enumerable.Range(0, data.Count).Min(n => data.Y[n] * Vectors.Dot(v,
        data.Example(n)));

    // log L − (H(p) − ρ‖Σ p_n z_n‖_q) = ρ(‖Σ p_n z_n‖_q − Σ p_n z_n·v) ≥ 0.
    private static double Excess(Dataset data, double[] v, double p) => Rho * (Upper(data, v, p) - Vectors.Dot(Pull(data, v), v));

    private static double Upper(Dataset data, double[] v, double p) =>
        NormsAndDirections.PNorm(Pull(data, v), p == 1 ? double.PositiveInfinity : double.IsInfinity(p) ? 1 : p / (p - 1));

    // Σ p_n z_n.
    private static double[] Pull(Dataset data, double[] v)
    {
        var margin = Margin(data, v);
        var sum = new double[v.Length];
        var total = 0.0;
        for (var n = 0; n < data.Count; n++)
        {
            var weight = Math.Exp(-Rho * (data.Y[n] * Vectors.Dot(v, data.Example(n)) - margin));
            total += weight;
            Vectors.Add(weight * data.Y[n], data.Example(n), sum);
        }
        Vectors.Scale(1 / total, sum, sum);
        return sum;
    }

    private static IEnumerable<(double A, double B)> Pairs() => Norms.SelectMany(static (a, i) => Norms.Skip(i + 1).Select(b => (a, b)));

    private static double Degrees(double[] a, double[] b) => Vectors.Angle(a, b) * 180 / Math.PI;

    private static double[] Unit(double[] v)
    {
        Vectors.Scale(1 / Vectors.Norm(v), v, v);
        return v;
    }
}
