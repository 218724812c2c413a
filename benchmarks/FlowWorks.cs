using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Benchmarks;

/// <summary>The flows' rows: right-hand sides through the public engine, and whole trajectories.</summary>
internal static class FlowWorks
{
    private const string Script = "flows.py";

    public static IReadOnlyList<Work> All { get; } =
    [
        RightHandSide("flow-2x2", static () =>
            LinearRisk(2, 2), 5e6, flops: 2 * 2 * 2 * 2 + 2 * 20, "calls and exponentials; two points fill no vector"),
        RightHandSide("flow-4x100", static () => LinearRisk(100, 4), 1.5e6, flops: 2 * 2 * 400 + 100 * 20, "the exponentials"),
        RightHandSide("flow-relu", ReluRisk, 1e5, flops: 2 * 50 * (2 * 400 + 2 * 400 + 400 + 3 * 20), "the multiply-adds"),
        Trajectory("flow-iris-gd-1e100", static r => new UnconstrainedFlow(r), [.3, -.2, .1, .4], 100, 0.1),
        Trajectory("flow-iris-gd-1e1000", static r => new UnconstrainedFlow(r), [.3, -.2, .1, .4], 1000, 0.5),
        Trajectory("flow-iris-wn-1e100", static r => new WeightNormalizationFlow(r, .5), [.3, .5, -.7, -.2], 100, 1),
    ];

    private static Work RightHandSide(string name, Func<EmpiricalRisk> problem, double goal, double flops, string bound) =>
        new(name, 1, Script, ["numpy", "torch"], () =>
        {
            var risk = problem();
            var flow = new UnconstrainedFlow(risk).NewWorkspace();
            var state = Weights(risk.Network);
            var velocity = new double[state.Length];
            return count =>
            {
                for (var i = 0; i < count; i++) flow.Velocity(0, state, velocity);
            };
        }, flops, IsSingle: false, IsRate: true, new Goal(GoalKind.Rate, goal), bound);

    private static Work Trajectory(string name, Func<EmpiricalRisk, Flow> flow, double[] start, int decades, double goal) =>
        new(name, 1, Script, ["scipy"], () =>
        {
            var risk = new EmpiricalRisk(Network.Dense(4, 1), Loss.Exponential, Iris.Load().Binary("setosa"), Reduction.Sum);
            return count =>
            {
                for (var i = 0; i < count; i++)
                    foreach (var _ in flow(risk).From(start).At([Instant.FromLog10T(decades)])) { }
            };
        }, 0, IsSingle: false, IsRate: false, new Goal(GoalKind.Seconds, goal), "the number of steps at the tolerance");

    private static EmpiricalRisk LinearRisk(int n, int d) => new(Network.Dense(d, 1), Loss.Exponential, Waves(n, d), Reduction.Sum);

    private static EmpiricalRisk ReluRisk() => new(Network.Dense(20, 20, 20, 1), Loss.Exponential, Waves(50, 20), Reduction.Sum);

    // The same deterministic numbers as in peers/flows.py.
    private static Dataset Waves(int n, int d) => new("waves",
        [.. Enumerable.Range(0, n * d).Select(i => Math.Sin(1.7 * i))], [.. Enumerable.Range(0, n).Select(i => i % 2 == 0 ? 1.0 : -1.0)],
            d);

    private static double[] Weights(Network network) => network.Depth == 1
        ? [.. Enumerable.Range(1, network.ParameterCount).Select(i => 0.1 * i)]
        : [.. Enumerable.Range(0, network.ParameterCount).Select(i => 0.3 * Math.Cos(2.3 * i))];
}
