using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b89: the tangent gradient keeps ‖u‖_p where the norm is differentiable; at the corners of p = 1 and p = ∞ the norm grows.
/// </summary>
internal static class TangentGradientKeepsTheNorm
{
    private static readonly double[] Example = [2, 1, -.3], Smooth = [1.5, 2, 3, 4], Cube = [1, .5, .2], Simplex = [.5, .4, .1];
    private const double Step = 1e-4, Length = 2;
    private const string Quantity = "largest |‖u‖_p − 1|";

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b89-tangent-gradient-keeps-the-norm",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 8 and its remarks, eq. 50, §10.3; §14, eq. 71",
        Equations = ["T3.50a"],
        Hypothesis = "A norm ‖u‖_p that is differentiable with respect to the elements of u, any g(t) of finite L2 norm (Theorem 8). "
            + "(The remarks name p = 1 and p = ∞ too, with ∂‖u‖_∞/∂u_j = sign(u_k)δ_jk “if maximum is attained in coordinate k”; corners, "
            + "where these norms have no gradient, are outside the theorem.)",
        Statement = "u̇ = (I − vvᵀ/‖v‖²) g with v = ∂‖u‖_p/∂u and ‖u(0)‖_p = 1 describes the flow of a vector u that satisfies ‖u(t)‖_p = "
            + "1 for all t ≥ 0.",
        SetUp = $"One linear layer, one example x = {Wording.Row(Example)}, exponential loss: g = e^{{−u·x}}x, so that along ds = "
            + $"e^{{−u·x}}dt the flow is du/ds = (I − vvᵀ/‖v‖²)x. As printed, in steps ds = {Wording.Text(Step)} to s = {Length}: "
            + $"fourth-order Runge–Kutta for p = {string.Join(", ", Smooth)} from (1, 1, 1) scaled to norm 1; Euler's steps for p = ∞ "
            + $"from {Wording.Row(Cube)} and p = 1 from {Wording.Row(Simplex)}, with the first of the largest coordinates for k. Mended: "
            + "the tangent flow of ./rhoflow, which holds every coordinate at the maximum (p = ∞), and projects on the face in which "
            + "those at 0 stay there (p = 1).",
        Expected = "‖u‖_p = 1. Where two coordinates lead, the sign-changing flow follows both (Filippov): d‖u‖_∞/ds = x_1x_2/(x_1 + "
            + "x_2); where one rests at 0, d‖u‖_1/ds = (a² − 4x_3²)/3a, a = |x_1| + |x_2|.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string active = "all active coordinates are projected out";
        foreach (var p in Smooth)
        {
            double[] start = [1, 1, 1];
            Vectors.Scale(1 / NormsAndDirections.PNorm(start, p), start, start);
            var drift = RungeKutta(start, p).Max(u => Math.Abs(NormsAndDirections.PNorm(u, p) - 1));
            judge.Printed.In($"p = {p}").AtMost(Quantity, drift, 1e-6);
        }
        var cube = Printed(Cube, double.PositiveInfinity);
        var simplex = Printed(Simplex, 1);
        const string corners = "the hypothesis is needed: where the norm is not differentiable, at corners, ‖u‖_p does not stay";
        judge.Amended(corners).In("p = ∞").AtLeast(Quantity, cube.Max(static u => Math.Abs(Norm(u, double.PositiveInfinity) - 1)), 1e-3);
        judge.Amended(corners).In("p = 1").AtLeast(Quantity, simplex.Max(static u => Math.Abs(Norm(u, 1) - 1)), 1e-3);

        double a = Example[0] + Example[1], tie = (1 - Cube[1]) / Example[1], edge = Edge(),
            cubeRate = Example[0] * Example[1] / a, simplexRate = (a * a - 4 * Example[2] * Example[2]) / (3 * a);
        judge.Amended("at a corner the norm grows at Filippov's rate").Near("p = ∞: growth per unit of s after the tie, over x_1x_2/(x_1 "
            + "+ x_2)",
            (Norm(cube[^1], double.PositiveInfinity) - 1) / (Length - tie) / cubeRate, 1, relative: 1e-3);
        judge.Amended("at a corner the norm grows at Filippov's rate").Near("p = 1: growth per unit of s from the edge on, over (a² − "
            + "4x_3²)/3a",
            (Norm(simplex[^1], 1) - 1) / (Length - edge) / simplexRate, 1, relative: 1e-3);

        var mendedCube = Mended(Cube, double.PositiveInfinity, context);
        var mendedSimplex = Mended(Simplex, 1, context);
        judge.Premise.AtLeast("p = ∞: coordinates at the maximum at the end of the mended flow",
            mendedCube[^1].U.Count(static c => Math.Abs(c) > 1 - 1e-9), 2);
        judge.Premise.AtMost("p = 1: third coordinate at the end of the mended flow", Math.Abs(mendedSimplex[^1].U[2]), 1e-12);
        judge.Amended(active).In("p = ∞, mended").AtMost(Quantity,
            mendedCube.Max(static p => Math.Abs(Norm(p.U, double.PositiveInfinity) - 1)), 1e-9);
        judge.Amended(active).In("p = 1, mended").AtMost(Quantity, mendedSimplex.Max(static p => Math.Abs(Norm(p.U, 1) - 1)), 1e-9);

        Panel Draw(string title, string norm, double[][] printed, (double S, double[] U)[] mended, double p, double from, double rate)
        {
            int[] shown = [.. Enumerable.Range(0, 101).Select(i => i * (printed.Length - 1) / 100)];
            var within = mended.Where(static m => m.S <= Length).ToArray();
            return new Panel(title, new Axis("s = ∫e^{−u·x}dt", Min: 0, Max: Length), new Axis(norm, Min: .9))
                .Line("as printed", [.. shown.Select(static i => i * Step)], [.. shown.Select(i => Norm(printed[i], p))])
                .Line("all active coordinates projected out", [.. within.Select(static m => m.S)], [.. within.Select(m => Norm(m.U, p))])
                .Predicted("Filippov's rate", [from, Length], s => 1 + rate * (s - from));
        }
        return judge.Outcome(
            holds: $"For p = {string.Join(", ", Smooth)} the norm stays to rounding. Outside the theorem, for p = ∞ and p = 1, the "
                + "norm has no gradient at a corner, and the flow goes there: once a second coordinate reaches the maximum, ‖u‖_∞ grows "
                + $"to {Wording.Text(Norm(cube[^1], double.PositiveInfinity))} at s = {Length}, and once a coordinate is held at 0, ‖u‖_1 "
                + $"to {Wording.Text(Norm(simplex[^1], 1))}, both at Filippov's rate ({Wording.Text(cubeRate)}, "
                + $"{Wording.Text(simplexRate)}). Projecting on all active coordinates mends both.",
            chart: new Chart(
                Draw("p = ∞: two coordinates at the maximum", "‖u‖_∞", cube, mendedCube, double.PositiveInfinity, tie, cubeRate),
                Draw("p = 1: a coordinate at 0", "‖u‖_1", simplex, mendedSimplex, 1, edge, simplexRate)),
            caption: "The printed flow leaves the ball as soon as it meets a corner.");
    }

    private static double Norm(double[] u, double p) => NormsAndDirections.PNorm(u, p);

    // u_3 falls from its start to 0 at the rate of the smooth side.
    private static double Edge() => Simplex[2] / -(Example[2] - Example.Sum() / 3);

    private static double[] Velocity(double[] u, double p)
    {
        var nu = new double[u.Length];
        if (double.IsInfinity(p))
        {
            var k = 0;
            for (var i = 1; i < u.Length; i++)
                if (Math.Abs(u[i]) > Math.Abs(u[k])) k = i;
            nu[k] = Math.Sign(u[k]);
        }
        else NormsAndDirections.PNormGradient(u, p, nu);
        var velocity = (double[])Example.Clone();
        NormsAndDirections.ProjectOut(nu, velocity);
        return velocity;
    }

    private static double[][] Printed(double[] start, double p)
    {
        var path = new double[(int)Math.Round(Length / Step) + 1][];
        path[0] = start;
        for (var i = 1; i < path.Length; i++)
        {
            path[i] = (double[])path[i - 1].Clone();
            Vectors.Add(Step, Velocity(path[i - 1], p), path[i]);
        }
        return path;
    }

    private static IEnumerable<double[]> RungeKutta(double[] start, double p)
    {
        var u = (double[])start.Clone();
        const double h = 10 * Step;
        for (var s = 0.0; s < Length; s += h)
        {
            double[] At(double[] k, double c) => [.. u.Zip(k, (x, v) => x + c * v)];
            double[] a = Velocity(u, p), b = Velocity(At(a, h / 2), p), c = Velocity(At(b, h / 2), p), d = Velocity(At(c, h), p);
            for (var i = 0; i < u.Length; i++) u[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
            yield return (double[])u.Clone();
        }
    }

    // In the flow's own time t; s by quadrature of e^{−u·x} between its instants.
    private static (double S, double[] U)[] Mended(double[] start, double p, StudyContext context)
    {
        var data = new Dataset("one example", Example, [1], Example.Length);
        var risk = new EmpiricalRisk(Network.Dense(Example.Length, 1), Loss.Exponential, data, Reduction.Sum);
        const int instants = 2000;
        const double end = 200;
        var at = Enumerable.Range(0, instants + 1).Select(static i => Instant.FromT(end * Math.Pow(i / (double)instants, 3))).ToArray();
        var points = new TangentFlow(risk, p).From(start, new IntegrationOptions { Tolerance = new(1e-11, 1e-13) })
            .At(at, context.Cancellation).ToArray();
        var path = new List<(double S, double[] U)>();
        double s = 0, before = 0, rate = 0;
        foreach (var point in points)
        {
            var u = point.Weights();
            var now = Math.Exp(-Vectors.Dot(u, Example));
            if (path.Count > 0) s += (rate + now) / 2 * (point.T - before);
            (before, rate) = (point.T, now);
            path.Add((s, u));
        }
        return [.. path];
    }
}
