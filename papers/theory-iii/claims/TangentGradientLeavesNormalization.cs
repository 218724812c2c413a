using Rhoflow.Flows;
using Rhoflow.Kernels;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>Claim b93, Observation 1: the tangent gradient transformation leaves weight and batch normalization as they are.</summary>
internal static class TangentGradientLeavesNormalization
{
    private const int Seeds = 5, Units = 8;
    // ε of batch normalization: the paper's core transformation has none; the usual one beside it.
    private const double Usual = 1e-5;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b93-tangent-gradient-leaves-normalization",
        Paper = SourcePapers.TheoryIII,
        Place = "§11.4, Observation 1; eq. 50, 52 and 53",
        Hypothesis = "Weight normalization with ‖v‖ = 1 at the start (eq. 52, 53); batch normalization as §11.3 simplifies it, X/σ_B "
            + "without ε, shift and scale (Observation 1 and the proof after it).",
        Statement = "The dynamical system of weight normalization (eq. 52 and 53) is not changed by the tangent gradient transformation "
            + "u̇ = Sg, S = I − uuᵀ/‖u‖². The same argument applies to batch normalization.",
        SetUp = $"ReLU networks {DeepBalance.Shape}, N(0, 1) weights, 10 inputs, exponential loss, seeds 0–{Seeds - 1}: v̇_k of weight "
            + $"normalization by matrices and by rows, before and after S. ReLU networks 4-{Units}-1 with batch normalization of the "
            + "hidden units (all examples as one batch), ε = 0: −∂L/∂w of every row, before and after S; the same with ε = "
            + $"{Wording.Text(Usual)}.",
        Expected = "Sv̇ = v̇ to rounding. (S² = S; and a unit that is divided by its own spread does not depend on the size of its row.)",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double matrices = 0, rows = 0, slowest = double.PositiveInfinity;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (net, risk, theta) = DeepBalance.Relu(seed);
            var v = Velocity(new WeightNormalizationFlow(risk), theta, out var direction);
            slowest = Math.Min(slowest, Vectors.Norm(v));
            matrices = Math.Max(matrices, net.Layers.Max(l => Change(l.Of(direction), l.Of(v))));
            v = Velocity(new RowWeightNormalizationFlow(risk), theta, out direction);
            rows = Math.Max(rows, net.Layers.Max(l => ByRows(l, direction, v)));
        }
        double without = Enumerable.Range(0, Seeds).Max(s => BatchNormalized(s, 0)), with =
            Enumerable.Range(0, Seeds).Max(s => BatchNormalized(s, Usual));
        const string change = "largest ‖Sg − g‖ over ‖g‖";
        judge.Premise.AtLeast("least ‖v̇‖, so that there is something to project", slowest, 1e-9);
        judge.Printed.In("weight normalization, matrices").AtMost(change, matrices, 1e-11);
        judge.Printed.In("weight normalization, rows").AtMost(change, rows, 1e-11);
        judge.Printed.In("batch normalization, ε = 0").AtMost(change, without, 1e-9);
        judge.Amended("with ε > 0 a row's size matters, in proportion to ε")
            .Between($"the same with ε = {Wording.Text(Usual)}", with, 1e-9, 1e-2);
        judge.Identity("S² = S");
        return judge.Outcome(holds: $"S changes v̇ of weight normalization by {Wording.Text(Math.Max(matrices, rows))} of its size, and "
            + $"the gradient of a batch-normalized row by {Wording.Text(without)}: rounding. Batch normalization as it is used, with ε = "
            + $"{Wording.Text(Usual)} under the root, is changed by {Wording.Text(with)}.");
    }

    // v̇ of a flow, and the directions it moves.
    private static double[] Velocity(Flow flow, double[] theta, out double[] direction)
    {
        var state = flow.Start(theta);
        var velocity = new double[state.Length];
        flow.NewWorkspace().Velocity(double.NegativeInfinity, state, velocity);
        direction = state[^flow.Network.ParameterCount..];
        return velocity[^flow.Network.ParameterCount..];
    }

    // ‖Sg − g‖/‖g‖, 0 where nothing moves (a unit that no example reaches).
    private static double Change(ReadOnlySpan<double> u, ReadOnlySpan<double> g) =>
        Vectors.Norm(g) is > 0 and var size ? Math.Abs(Vectors.Dot(u, g)) / Vectors.Norm(u) / size : 0;

    private static double ByRows(Layer layer, double[] u, double[] g)
    {
        var worst = 0.0;
        for (var i = 0; i < layer.Rows; i++)
            worst = Math.Max(worst, Change(layer.Of(u).Slice(i * layer.Columns, layer.Columns),
                layer.Of(g).Slice(i * layer.Columns, layer.Columns)));
        return worst;
    }

    private static double BatchNormalized(int seed, double epsilon)
    {
        using var team = new Team(1);
        var net = new NetworkBuilder(4).Dense(Units).BatchNorm(epsilon: epsilon).Then(Activation.ReLU).Dense(1).Build();
        var theta = Initialization.Normal(net, new RandomStream(seed));
        var data = TeacherData.Of(seed, 10, 4);
        var risk = new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum,
            (network, set) => GraphPasses<double>.Of(network, set.X, team));
        var descent = new double[net.ParameterCount];
        risk.Evaluate(theta, descent);
        return ByRows(net.Layers[0], theta, descent);
    }
}
