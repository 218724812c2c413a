using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Measures.Curvature;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Claim b19: deep stationary points at fixed ρ are degenerate; the paper's quadratic form is the radial direction.</summary>
internal static class StationaryPointsAreHyperbolic
{
    private const double Rho = 5, Zero = 1e-7, ReluEnd = 1e4;
    private const int Inputs = 3, Examples = 10, MaxSteps = 250;
    private static readonly int[] ReluWidths = [3, 6];
    private static readonly int[] Widths = [1, 2, 3, 5];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b19-stationary-points-are-hyperbolic",
        Paper = SourcePapers.TheoreticalIssues,
        Place = "Lemma 1, eq. 7, Lemma 6, Theorem 3.1",
        Equations = ["PNAS.5"],
        Hypothesis = "Exponential loss at fixed ρ, a deep network after separation, ρf̃ > 1, a stationary point of the V_k flow (Lemma "
            + "1).",
        Statement = "The stationary points of the V_k flow at fixed ρ are hyperbolic minima: the Hessian H is negative definite (that of "
            + "L positive definite) once ρf̃ > 1, as Σ_kk' V_kᵀHV_k' = Σ e^{−ρf̃}[−ρ²K²f̃² + K(K−2)ρf̃] < 0.",
        SetUp = $"Limits of the fixed-ρ flow, ρ = {Wording.Text(Rho)}, exponential loss (sum), five starts (seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}) each: one linear layer and two "
            + $"linear layers of H = {string.Join(", ", Widths)} hidden units on the three-example set; ReLU nets {Inputs}-H-1, H = "
            + $"{string.Join(", ", ReluWidths)}, on {Examples} examples of gaussian-teacher (seed 0), followed to t = "
            + $"{Wording.Decade(Math.Log10(ReluEnd))} or {MaxSteps} steps. Eigenvalues of the Riemannian Hessian of L on the product of "
            + $"spheres; zero means ≤ {Wording.Text(Zero)} of the largest.",
        Expected = "No zero eigenvalue.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var data = ExampleSets.ThreeByTwo;
        var zeros = new List<double>();
        var spectra = new List<double[]>();
        const string radial = "PNAS's form is right as algebra, but it is the radial direction V, orthogonal to all that the flow can "
            + "move in";
        var worst = 0.0;
        foreach (var hidden in Widths)
        {
            context.Progress($"two linear layers, H = {hidden}");
            var net = Network.Linear(2, hidden, 1);
            var points = Spread.Seeds.Select(seed => Limit(net, data, seed, context)).ToArray();
            var hessians = points.Select(v => TangentHessian.At(Risk(net, data), Rho, v)).ToArray();
            var counts = hessians.Select(h => h.Signature(Zero)).ToArray();
            judge.Premise.AtMost($"H = {hidden}: largest tangent share of the gradient at the limits", hessians.Max(h => h.TangentGradient),
                1e-7);
            judge.Printed.AtMost($"two linear layers, H = {hidden}: zero eigenvalues (most of five starts)", counts.Max(c => c.Zero), 0);
            judge.Amended("two linear layers have exactly H − 1 zero eigenvalues, the rotations of the hidden units that leave f alone; "
                + "the others are positive")
                .That($"H = {hidden}: {hidden - 1} zero and no negative eigenvalue at all five limits",
                counts.All(c => c.Zero == hidden - 1 && c.Negative == 0));
            judge.Measure($"H = {hidden}: smallest positive eigenvalue over the largest",
                hessians.Min(h => h.Eigenvalues[hidden - 1] / h.Eigenvalues[^1]));
            zeros.Add(counts.Max(c => c.Zero));
            spectra.Add(hessians[0].Eigenvalues);
            for (var i = 0; i < points.Length; i++) worst = Math.Max(worst, RadialMismatch(net, data, points[i], hessians[i]));
        }
        judge.Amended(radial).AtMost("largest mismatch between the form and its formula, relative", worst, 1e-9);

        var single = Network.Dense(2, 1);
        var linear = Spread.Seeds.Select(seed => TangentHessian.At(Risk(single, data), Rho, Limit(single, data, seed, context))).ToArray();
        judge.Amended("one linear layer: positive definite")
            .AtLeast("one layer: smallest tangent eigenvalue over L", linear.Min(h => h.Eigenvalues[0]), 1e-3);
        foreach (var hidden in ReluWidths) judge.Measure($"ReLU {Inputs}-{hidden}-1, five starts", Relu(hidden, context));

        var panel = new Panel("Tangent Hessian at the limits", new Axis("hidden units H"), new Axis("zero eigenvalues", Min: 0, Max: 5))
            .Points("measured", [.. Widths.Select(h => (double)h)], zeros)
            .Predicted("H − 1", [.. Widths.Select(h => (double)h)], h => h - 1);
        return judge.Outcome(
            fails: $"Two linear layers with H = {string.Join(", ", Widths)} hidden units have {string.Join(", ", zeros)} zero eigenvalues "
                + "at the limits of the flow: rotating the hidden units changes no "
                + "output, so the minima are not isolated and not hyperbolic. One linear layer is (smallest tangent eigenvalue "
                + $"{Lab.Claims.Check.Text(linear.Min(h => h.Eigenvalues[0]))}·L). The quadratic form of Lemma 1 is evaluated at V "
                + "itself, a direction that the constraint ‖V_k‖ = 1 excludes.",
            chart: new Chart(panel), caption: "Exactly H − 1 directions are flat.");
    }

    private static double[] Limit(Network net, Dataset data, long seed, StudyContext context) =>
        new FixedRhoFlow(Risk(net, data), Rho)
            .From(Initialization.Normal(net, new RandomStream(seed, 7)), new IntegrationOptions { Tolerance = new(1e-12, 1e-14) })
            .At([Instant.FromLog10T(8)], context.Cancellation).Single().V.ToArray();

    // Lemma 1 with K blocks of −2λI: −(radial form of ∇²L) − K·2λ against Σ e^{−ρf}[−ρ²K²f² + K(K−2)ρf], 2λ = ρ Σ e^{−ρf} f.
    private static double RadialMismatch(Network net, Dataset data, double[] v, TangentHessian hessian)
    {
        int depth = net.Depth;
        var f = Risk(net, data).Outputs(v).ToArray();
        double formula = 0, multiplier = 0, size = 0;
        for (var n = 0; n < f.Length; n++)
        {
            double q = Rho * data.Y[n] * f[n], p = Math.Exp(-q);
            formula += p * (-depth * depth * q * q + depth * (depth - 2) * q);
            multiplier += p * q;
            size += p * depth * depth * q * q;
        }
        return Math.Abs(-hessian.Radial * Math.Exp(hessian.LogScale) - depth * multiplier - formula) / size;
    }

    private static string Relu(int hidden, StudyContext context)
    {
        var net = Network.Dense(Inputs, hidden, 1);
        var risk = Risk(net, GaussianTeacher.Draw(Examples, Inputs, 0));
        var smooth = new List<double>();
        List<double> kinks = [], shares = [];
        foreach (var seed in Spread.Seeds)
        {
            context.Progress($"ReLU, H = {hidden}, seed {seed}");
            var trajectory = new FixedRhoFlow(risk, Rho).From(Initialization.Normal(net, new RandomStream(seed, 8)),
                new IntegrationOptions { Tolerance = new(1e-9, 1e-11), Method = Method.Dop853, MaxSteps = MaxSteps });
            double[]? v = null;
            try
            {
                foreach (var p in trajectory.At(Clock.LogSpaced(Instant.FromT(.1), Instant.FromT(ReluEnd), 60), context.Cancellation))
                    v = p.V.ToArray();
            }
            catch (IntegrationException)
            {
                // Limited by stability or held on a kink: the last observation is as near to the limit as it gets.
            }
            if (v is null) continue;
            var hessian = TangentHessian.At(risk, Rho, v);
            shares.Add(hessian.TangentGradient);
            kinks.Add(KinkDistance(risk, v));
            if (hessian.TangentGradient <= 1e-6) smooth.Add(hessian.Signature(Zero).Zero);
        }
        return $"{smooth.Count} of {shares.Count} have a vanishing gradient, with {(smooth.Count == 0 ? "–" : string.Join(", ", smooth))} "
            + $"zero eigenvalues of {net.ParameterCount - 2}; "
            + $"tangent share of the gradient {Spread.Of(shares)}, relative distance from the nearest kink {Spread.Of(kinks)}";
    }

    // min |z|/(‖row‖‖x‖) over hidden units and examples.
    private static double KinkDistance(EmpiricalRisk risk, double[] v)
    {
        risk.Outputs(v);
        var first = risk.Network.Layers[0];
        var z = risk.Chain.PreActivations(0);
        var least = double.PositiveInfinity;
        for (var i = 0; i < first.Rows; i++)
            for (var n = 0; n < risk.Data.Count; n++)
                least = Math.Min(least, Math.Abs(z[i * risk.Chain.Stride + n])
                    / (Vectors.Norm(first.Of(v).Slice(i * first.Columns, first.Columns)) * Vectors.Norm(risk.Data.Example(n))));
        return least;
    }

    private static EmpiricalRisk Risk(Network net, Dataset data) => new(net, Loss.Exponential, data, Reduction.Sum);
}
