using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>
/// Claim b97: among directions that separate, a small step of the flow of v brings any two together and has one fixed point; before
/// separation it may not, although ‖v‖ = 1.
/// </summary>
internal static class DirectionStepIsNonExpanding
{
    private const int Pairs = 150, Steps = 100_000, Starts = 2;
    private const double Share = 9;
    private static readonly double[] Rhos = [.5, 2, 8];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b97-direction-step-is-non-expanding",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "§C.3, eq. 20 and 22",
        Hypothesis = "One linear layer, exponential loss, separable data, ‖v‖ = 1 (§C.3; nothing else is asked of v). T is read as a "
            + "small step of eq. 20 at a fixed ρ, the same for all v; in the paper ρ moves as well.",
        Statement = "The operator T in v(t + 1) = Tv(t) is non-expanding, because ‖v‖ = 1 for all t; in the linear case there is a unique "
            + "fixed point v ∝ x = Σ α_jx_j, independent of initial conditions.",
        SetUp = $"Iris (setosa against the rest), two and three examples in the plane, ρ = {string.Join(", ", Rhos.Select(static r =>
            Wording.Text(r)))}: v + ηv̇ over its norm, η a tenth of the inverse curvature at v; ‖Tv − Tv'‖/‖v − v'‖ at {Pairs} random "
            + $"pairs that separate, and at as many of any directions; T with steps {Wording.Text(Share)} times as "
            + $"long, repeated from {Starts} separating starts, against v*(ρ) by Newton.",
        Expected = "At most 1 for any pair, as ‖v‖ = 1 is the only reason given, and one limit.",
        History = ["was ✓ until 2026-11-28, because only pairs that separate were checked, which §C.3 does not ask for"],
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        const string factor = "greatest ‖Tv − Tv'‖/‖v − v'‖ of the pairs";
        (string Name, Dataset Data)[] sets =
        [
            ("Iris", Iris.Load().Binary("setosa")), ("two examples", ExampleSets.TwoByTwo), ("three examples", ExampleSets.ThreeByTwo),
        ];
        List<double> x = [], y = [], anyX = [], anyY = [];
        double greatest = 0, expanding = 0, limit = 0;
        foreach (var (name, data) in sets)
        {
            context.Progress(name);
            var svm = HardMargin.Solve(data);
            judge.Hypothesis.AtLeast($"{name}: margin of the data", svm.Margin, 1e-3);
            foreach (var rho in Rhos)
            {
                var sphere = new Step(data, rho);
                var random = new RandomStream(97);
                double worst = 0, any = 0;
                for (var i = 0; i < Pairs; i++)
                {
                    double[] a = sphere.Separating(svm.Direction, random), b = sphere.Separating(svm.Direction, random);
                    var both = sphere.Factor(a, b);
                    worst = Math.Max(worst, both);
                    x.Add(Vectors.Distance(a, b));
                    y.Add(both);
                    double[] c = Any(data.Inputs, random), d = Any(data.Inputs, random);
                    var free = sphere.Factor(c, d);
                    any = Math.Max(any, free);
                    anyX.Add(Vectors.Distance(c, d));
                    anyY.Add(free);
                }
                var label = $"{name}, ρ = {Wording.Text(rho)}";
                judge.Printed.In($"{label}, any directions").AtMost(factor, any, 1);
                judge.Amended("both directions separate the data").In($"{label}, directions that separate").AtMost(factor, worst, 1);
                (greatest, expanding) = (Math.Max(greatest, worst), Math.Max(expanding, any));
                var minimum = FixedRhoMinimizer.Solve(data, rho).Direction.ToArray();
                for (var start = 0; start < Starts; start++)
                    limit = Math.Max(limit, Vectors.Distance(sphere.Repeat(sphere.Separating(svm.Direction, random), context), minimum));
            }
        }
        judge.Printed.AtMost("largest distance of the limit of T from v*(ρ), all sets, ρ and starts", limit, 1e-6);
        return judge.Outcome(
            chart: new Chart(new Panel("One step at pairs of directions", new Axis("‖v − v'‖", Min: 0, Max: 2),
                new Axis("‖Tv − Tv'‖/‖v − v'‖")).Points("any directions", Thinned(anyX), Thinned(anyY), 1)
                .Points("both separate", Thinned(x), Thinned(y), 0).Level("", 1)),
            caption: "Pairs that separate are brought together; others may be driven apart.",
            care: $"‖v‖ = 1 is not enough: pairs of unit vectors are driven apart, by {Wording.Text(expanding, 4)} in a step at most. "
                + $"Among directions that separate the factor is at most {Wording.Text(greatest, 6)}, and T ends at v*(ρ) to "
                + $"{Wording.Text(limit, 2)} from each of these; where v·z_n > 0 for all n the loss on the sphere is convex along "
                + "geodesics, and that set is geodesically convex. The fixed point of all ρ → ∞ is the maximum margin direction (b13).");
    }

    // Every third, so that the picture stays small.
    private static double[] Thinned(List<double> values) => [.. values.Where(static (_, i) => i % 3 == 0)];

    private static double[] Any(int inputs, RandomStream random)
    {
        var v = new double[inputs];
        foreach (ref var e in v.AsSpan()) e = random.NextNormal();
        Vectors.Scale(1 / Vectors.Norm(v), v, v);
        return v;
    }

    // v + η(1/ρ)Σ e^{−ρv·z}(z − v v·z), over its norm; one η for both of a pair.
    private sealed class Step(Dataset data, double rho)
    {
        private readonly double[] _z = data.Signed();
        private readonly double _largest = Enumerable.Range(0, data.Count).Max(n => Vectors.Norm(data.Example(n)));

        public double[] Separating(ReadOnlySpan<double> direction, RandomStream random)
        {
            while (true)
            {
                var v = Any(data.Inputs, random);
                Vectors.Scale(3 * random.NextDouble(), v, v);
                Vectors.Add(1, direction, v);
                Vectors.Scale(1 / Vectors.Norm(v), v, v);
                var least = double.PositiveInfinity;
                for (var n = 0; n < data.Count; n++) least = Math.Min(least, Vectors.Dot(v, Z(n)));
                if (least > 0) return v;
            }
        }

        public double Factor(double[] a, double[] b)
        {
            var eta = Math.Min(Eta(a), Eta(b));
            return Vectors.Distance(Of(a, eta), Of(b, eta)) / Vectors.Distance(a, b);
        }

        public double[] Repeat(double[] v, StudyContext context)
        {
            for (var i = 0; i < Steps; i++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                var next = Of(v, Share * Eta(v));
                if (Vectors.Distance(next, v) < 1e-10) return next;
                v = next;
            }
            return v;
        }

        // A tenth of the inverse of a bound of the curvature of L on the sphere at v, for v̇ = −∇L/ρ².
        private double Eta(double[] v)
        {
            var curvature = 0.0;
            for (var n = 0; n < data.Count; n++)
            {
                var f = Vectors.Dot(v, Z(n));
                curvature += Math.Exp(-rho * f) * (_largest * _largest + Math.Abs(f) / rho);
            }
            return .1 / curvature;
        }

        private double[] Of(double[] v, double eta)
        {
            var next = (double[])v.Clone();
            for (var n = 0; n < data.Count; n++)
            {
                var f = Vectors.Dot(v, Z(n));
                var weight = eta * Math.Exp(-rho * f) / rho;
                Vectors.Add(weight, Z(n), next);
                Vectors.Add(-weight * f, v, next);
            }
            Vectors.Scale(1 / Vectors.Norm(next), next, next);
            return next;
        }

        private ReadOnlySpan<double> Z(int n) => _z.AsSpan(n * data.Inputs, data.Inputs);
    }
}
