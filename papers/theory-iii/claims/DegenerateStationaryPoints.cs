using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
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

/// <summary>
/// Claim b86: the Hessian vanishes at infinity; at other stationary points it has a nonzero eigenvalue if some output is not 0.
/// </summary>
internal static class DegenerateStationaryPoints
{
    private static readonly double[] Decades = [1, 2, 4, 6, 8, 10, 12, 14, 16];
    private const int Inputs = 3, Examples = 12, Rest = 4;
    private const double Bias = 1, Zero = 1e-9;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b86-degenerate-stationary-points",
        Paper = SourcePapers.TheoryIII,
        Place = "Theorem 2, §6, after eq. 29; Theoretical issues §C.2",
        Hypothesis = "A homogeneous network (linear or ReLU) under the exponential loss: zero loss at infinite ρ for data that it "
            + "separates, and every other stationary point of the gradient with respect to W_k (Theorem 2).",
        Statement = "At zero loss, ρ = ∞, W_k is completely degenerate, with all eigenvalues of the Hessian being zero. The other "
            + "stationary points of the gradient are less degenerate, with at least one nonzero eigenvalue.",
        SetUp = $"Zero loss: one layer and {Inputs}-4-1 and {Inputs}-4-3-1 deep linear on {Examples} directions labelled by a half-space, "
            + $"gradient flow to t = {Wording.Decade(Decades[^1])}. Other stationary points: the same networks where labels are drawn by "
            + $"lot (no linear map separates them), flow to t = {Wording.Decade(Rest)}; W = 0 for two, three and four layers; ReLU "
            + $"{Inputs}-4-1 with a constant input {Bias} and all units off at all examples. Eigenvalues of ∇²L over L, zero up to "
            + $"{Wording.Text(Zero)}.",
        Expected = "Largest |eigenvalue| falls like 1/t up to logarithms; at least one nonzero eigenvalue elsewhere.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        Network[] nets = [Network.Dense(Inputs, 1), Network.Linear(Inputs, 4, 1), Network.Linear(Inputs, 4, 3, 1)];
        string[] names = ["one layer", "two layers", "three layers"];
        var separable = ExampleSets.HalfSpace(Examples, Inputs, 0);
        var panel = new Panel("Hessian on the way to zero loss", new Axis("t", Scale.Exponent), new Axis("largest |eigenvalue|",
            Scale.Log));
        foreach (var (net, name) in nets.Zip(names))
        {
            var risk = Risk(net, separable);
            var points = Follow(risk, Start(net), Decades, context);
            var largest = points.Select(p => Largest(risk, p.Weights())).ToArray();
            judge.Hypothesis.AtLeast($"{name}: margin at t = {Wording.Decade(Decades[^1])}", points[^1].Margin, 1e-4);
            judge.Printed.AtMost($"{name}: largest |eigenvalue| at t = {Wording.Decade(Decades[^1])}", largest[^1], 1e-12);
            judge.Printed.AtMost($"{name}: greatest ratio of it from one decade shown to the next", largest.Skip(1).Zip(largest.Skip(2),
                static (a, b) => b / a).Max(), .1);
            panel = panel.Line(name, Decades, largest);
        }
        panel = panel.Predicted("1/t", Decades, static d => Math.Pow(10, -d));

        const string quantity = "nonzero eigenvalues at the stationary point";
        const string some = "some output at the stationary point is not 0: then WᵀHW = K²Σ e^{−q_n}q_n² > 0";
        var byLot = ByLot(separable);
        judge.Hypothesis.That("no linear map separates the labels drawn by lot", !Separates(byLot));
        double mismatch = 0, slope = 0;
        foreach (var (net, name) in nets.Zip(names))
        {
            var risk = Risk(net, byLot);
            var w = Follow(risk, Start(net), [Rest], context)[0].Weights();
            slope = Math.Max(slope, Gradient(risk, w));
            mismatch = Math.Max(mismatch, RadialMismatch(risk, w));
            var count = Nonzero(risk, w);
            judge.Printed.In($"{name}, labels by lot").AtLeast(quantity, count, 1);
            judge.Amended(some).In($"{name}, labels by lot").AtLeast(quantity, count, 1);
        }
        judge.Premise.AtMost("largest ‖∇L‖/L where a flow has come to rest", slope, 1e-6);
        judge.Premise.AtMost("largest relative difference of WᵀHW from K²Σ e^{−q}q²", mismatch, 1e-6);

        foreach (var depth in new[] { 2, 3, 4 })
        {
            var net = Network.Linear(Inputs, [.. Enumerable.Repeat(4, depth - 1), 1]);
            var risk = Risk(net, separable);
            judge.Hypothesis.AtMost($"W = 0, {depth} layers: ‖∇L‖/L", Gradient(risk, net.Zeros()), 0);
            judge.Printed.In($"W = 0, {depth} layers").AtLeast(quantity, Nonzero(risk, net.Zeros()), 1);
        }
        var (dead, deadRisk) = Dead(separable);
        judge.Hypothesis.AtMost("all units off: ‖∇L‖/L", Gradient(deadRisk, dead), 0);
        judge.Printed.In("all units off").AtLeast(quantity, Nonzero(deadRisk, dead), 1);
        return judge.Outcome(
            care: "At zero loss every eigenvalue vanishes like 1/t up to logarithms. The second half is false by algebra at W = 0 for "
                + "three layers and more, where f is of third order in W, and where all units of a ReLU network are off, so that f does "
                + "not move: no eigenvalue differs from 0. It is true of every stationary point at which some output is not 0: there Σ "
                + "e^{−q}q = 0 and WᵀHW = K²Σ e^{−q}q² > 0 (measured at three minima of data that no network separates, to "
                + $"{Wording.Text(mismatch)}), so that one eigenvalue is positive.",
            chart: new Chart(panel), caption: "Dashed: 1/t. More layers add powers of log t.");
    }

    private static EmpiricalRisk Risk(Network net, Dataset data) => new(net, Loss.Exponential, data, Reduction.Sum);

    private static double[] Start(Network net) => Initialization.Normal(net, new RandomStream(1, 37), .7);

    private static FlowPoint[] Follow(EmpiricalRisk risk, double[] start, double[] decades, StudyContext context) =>
        [.. new UnconstrainedFlow(risk).From(start, new IntegrationOptions { Tolerance = new(1e-11, 1e-13) })
            .At([.. decades.Select(Instant.FromLog10T)], context.Cancellation)];

    // The same inputs with labels drawn by lot, which no linear map separates.
    private static Dataset ByLot(Dataset data) => new("labels by lot", data.X.ToArray(),
        [.. ExampleSets.Normal(data.Count, 0, stream: 41).Select(static v => v > 0 ? 1.0 : -1)], data.Inputs);

    // (W, risk) with a constant input, on which every unit's weight is so negative that it is off.
    private static (double[] W, EmpiricalRisk Risk) Dead(Dataset data)
    {
        double[] x = [.. Enumerable.Range(0, data.Count).SelectMany(n => data.Example(n).ToArray().Append(Bias))];
        var net = Network.Dense(Inputs + 1, 4, 1);
        var w = Start(net);
        var first = net.Layers[0];
        for (var j = 0; j < first.Rows; j++) first.Of(w.AsSpan())[j * first.Columns + Inputs] = -10;
        return (w, Risk(net, new Dataset("with a constant input", x, data.Y.ToArray(), Inputs + 1)));
    }

    // Of ∇²L over L.
    private static double[] Eigenvalues(EmpiricalRisk risk, double[] w)
    {
        var (h, scale) = risk.Hessian(w);
        return [.. (DenseMatrix.OfArray(h) * Math.Exp(scale.LogScale - scale.LogLoss)).Evd(Symmetricity.Symmetric).EigenValues.Select(e =>
            e.Real)];
    }

    private static double Largest(EmpiricalRisk risk, double[] w) => Eigenvalues(risk, w).Max(Math.Abs) * Math.Exp(risk.LogLoss(w));

    private static int Nonzero(EmpiricalRisk risk, double[] w) => Eigenvalues(risk, w).Count(static e => Math.Abs(e) > Zero);

    private static double Gradient(EmpiricalRisk risk, double[] w)
    {
        var g = new double[w.Length];
        var value = risk.Evaluate(w, g);
        return Vectors.Norm(g) * Math.Exp(value.LogScale - value.LogLoss);
    }

    private static bool Separates(Dataset data)
    {
        try
        {
            return HardMargin.Solve(data).Margin > 0;
        }
        catch (NotSeparableException)
        {
            return false;
        }
    }

    private static double RadialMismatch(EmpiricalRisk risk, double[] w)
    {
        var hw = new double[w.Length];
        var scale = risk.HessianVectorProduct(w, w, hw);
        var form = Vectors.Dot(w, hw) * Math.Exp(scale.LogScale);
        var f = risk.Outputs(w);
        var formula = 0.0;
        for (var n = 0; n < f.Length; n++)
        {
            var q = risk.Data.Y[n] * f[n];
            formula += Math.Exp(-q) * q * q;
        }
        formula *= risk.Network.Depth * risk.Network.Depth;
        return Math.Abs(form - formula) / formula;
    }
}
