using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// Claim b67: at a zero of the square loss a deep network linearizes to a linear one on the virtual data ∇_W f; a differentiable conjugacy
/// of the flows would need that at all minima near by too.
/// </summary>
internal static class VirtualDataOfTheSquareLoss
{
    private const int Inputs = 4, Hidden = 12, Examples = 6, Neighbours = 5;
    private const double Late = 3;
    private static readonly double[] Distances = [.001, .01, .1];

    private sealed record Minimum(Network Network, Dataset Data, double[] Theta);

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b67-virtual-data-of-the-square-loss",
        Paper = SourcePapers.TheoryIIIb,
        Place = "§12.3, §12.3.1, §10 eq. 10 and 11",
        Equations = ["T3b.28", "T3b.43a", "T3b.43c"],
        Hypothesis = "A deep overparametrized network at a minimum W_0 of zero square loss (§12.3.1).",
        Statement = "The dynamical system of a deep network with the square loss around a minimum of gradient descent is differentiably "
            + "conjugate to a linear network with the square loss, on the virtual data x'_n = ∇_W f(W; x_n) at W_0.",
        SetUp = $"Nets {Inputs}-{Hidden}-1 with x² units (smooth, as the paper asks), N = {Examples} examples of gaussian-teacher, five "
            + $"seeds (data and start), gradient flow on the square loss to t = {Wording.Decade(Late)}, then Gauss–Newton to rounding: the "
            + "nonzero eigenvalues of their Hessian at W_0 against those of 2Σ x'_n x'_nᵀ of the linear network, which are the same at "
            + $"all of its minima; and at {Neighbours} other minima at each of the distances {string.Join(", ", Distances.Select(static d =>
                Wording.Text(d)))} of ‖W_0‖: a random step, then Gauss–Newton back to zero loss. A first version had ReLUs: the sentence "
            + "failed near by as well, but kinks, which the paper excludes, inflated the differences; hence smooth units.",
        Expected = "The same eigenvalues at corresponding points at rest: the paper’s own condition for a differentiable conjugacy, eq. 11 "
            + "(a conjugacy maps points at rest to points at rest).",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        var nets = Spread.Seeds.Select(seed => Fitted(seed, context)).ToArray();
        var weights = nets[0].Network.ParameterCount;
        const string apart = "nonzero eigenvalues of the deep network against those of the linear one, largest relative difference";
        judge.Hypothesis.AtMost("largest |f − y| at the five minima", nets.Max(Misfit), 1e-10);
        judge.Hypothesis.AtLeast("weights over examples", weights / (double)Examples, 1);
        double[][] linear = [.. nets.Select(n => Virtual(n, n.Theta))];
        var here = nets.Select((n, i) => Apart(Deep(n, n.Theta), linear[i])).Max();
        judge.Printed.In("at W_0").AtMost(apart, here, 1e-8);
        List<double> x = [], y = [], medians = [];
        double misfit = 0, rest = 0;
        foreach (var distance in Distances)
        {
            var differences = new List<double>();
            for (var i = 0; i < nets.Length; i++)
                for (var k = 0; k < Neighbours; k++)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    var other = Neighbour(nets[i], distance, k);
                    misfit = Math.Max(misfit, Misfit(other));
                    var deep = Deep(other, other.Theta);
                    differences.Add(Apart(deep, linear[i]));
                    rest = Math.Max(rest, Apart(deep, Virtual(other, other.Theta)));
                }
            x.AddRange(differences.Select(_ => distance));
            y.AddRange(differences);
            medians.Add(Spread.Of(differences).Median);
            judge.Printed.In($"at minima {Wording.Text(distance)}·‖W_0‖ away (median)").AtMost(apart, medians[^1], 1e-8);
        }
        judge.Premise.AtMost("largest |f − y| at the minima near by", misfit, 1e-10);
        judge.Amended("of the linearization at W_0 alone, of which it is the Hessian").In("at W_0").AtMost(apart, here, 1e-8);
        judge.Amended("every minimum has virtual data of its own").AtMost(
            "minima near by: against their own virtual data, largest relative difference", rest, 1e-8);
        return judge.Outcome(
            chart: new Chart(new Panel("Eigenvalues at minima near W_0", new Axis("distance over ‖W_0‖", Scale.Log),
                new Axis("largest relative difference", Scale.Log)).Points("five nets, five minima each", x, y, 0)
                .Line("median", Distances, medians, 0).Predicted("∝ distance", Distances, d => medians[0] * d / Distances[0])),
            caption: "For the linear network it is zero at all of its minima.",
            care: $"At W_0 the spectra agree to {Wording.Text(here, 2)} (there E_n = 0, and the Hessian is 2Σ x'_nx'_nᵀ): the linearized "
                + "systems are the same. The flows are not differentiably conjugate around W_0: the minima form a manifold of "
                + $"{weights - Examples} dimensions, a conjugacy takes each to a minimum of the linear "
                + "network, and eq. 11 asks for equal eigenvalues there too. They differ by "
                + $"{string.Join(", ", medians.Select(static m => Wording.Text(m, 2)))} at the distances "
                + $"{string.Join(", ", Distances.Select(static d => Wording.Text(d)))} of ‖W_0‖ (medians).");
    }

    // The N largest eigenvalues of ∇²L, descending.
    private static double[] Deep(Minimum net, double[] theta)
    {
        var risk = new EmpiricalRisk(net.Network, Loss.Square, net.Data, Reduction.Sum);
        var (hessian, value) = risk.Hessian(theta);
        var scale = Math.Exp(value.LogScale);
        return [.. DenseMatrix.OfArray(hessian).Evd(Symmetricity.Symmetric).EigenValues.Select(e => scale * e.Real)
            .OrderByDescending(Math.Abs).Take(Examples).OrderDescending()];
    }

    // Eigenvalues of the N × N matrix 2 x'_n·x'_m, which are those of 2Σ x'_n x'_nᵀ that are not zero.
    private static double[] Virtual(Minimum net, double[] theta)
    {
        var passes = new ChainPasses(net.Network, net.Data.X, net.Data.Count);
        passes.Forward(theta);
        var rows = new double[net.Data.Count * net.Network.ParameterCount];
        passes.PerExample(theta, rows);
        var columns = new DenseMatrix(net.Network.ParameterCount, net.Data.Count, rows);
        return [.. (2 * columns.TransposeThisAndMultiply(columns)).Evd(Symmetricity.Symmetric).EigenValues
            .Select(static e => e.Real).OrderDescending()];
    }

    private static Minimum Fitted(long seed, StudyContext context)
    {
        var net = Network.Dense(Inputs, Activation.Power(2), Hidden, 1);
        var data = GaussianTeacher.Draw(Examples, Inputs, seed);
        var theta = new UnconstrainedFlow(new EmpiricalRisk(net, Loss.Square, data, Reduction.Sum))
            .From(Initialization.Kaiming(net, new RandomStream(seed, 67))).At([Instant.FromLog10T(Late)], context.Cancellation).Single()
            .Weights();
        return new Minimum(net, data, InterpolatingNet.Polish(net, data, theta));
    }

    private static double Misfit(Minimum net)
    {
        var f = new EmpiricalRisk(net.Network, Loss.Square, net.Data, Reduction.Sum).Outputs(net.Theta).ToArray();
        return f.Zip(net.Data.Y.ToArray(), static (a, y) => Math.Abs(a - y)).Max();
    }

    private static double Apart(double[] a, double[] b) => a.Zip(b, static (p, q) => Math.Abs(p - q) / Math.Abs(q)).Max();

    private static Minimum Neighbour(Minimum net, double distance, int index)
    {
        var step = ExampleSets.Normal(net.Theta.Length, index, stream: 67);
        var theta = (double[])net.Theta.Clone();
        Vectors.Add(distance * Vectors.Norm(net.Theta) / Vectors.Norm(step), step, theta);
        return net with { Theta = InterpolatingNet.Polish(net.Network, net.Data, theta) };
    }
}
