using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>Right-hand sides allocate nothing once a workspace has been used: they are called millions of times per second.</summary>
public class AllocationTests
{
    private static readonly Dictionary<string, Func<EmpiricalRisk, Flow>> s_flows = new()
    {
        ["unconstrained"] = static r => new UnconstrainedFlow(r),
        ["unconstrained with decay"] = static r => new UnconstrainedFlow(r, .1),
        ["reparametrized"] = static r => new ReparametrizedFlow(r, .1),
        ["fixed-rho"] = static r => new FixedRhoFlow(r, 2),
        ["scheduled-rho"] = static r => new ScheduledRhoFlow(r, Schedule.LogT),
        ["scheduled-direction"] = static r => new ScheduledDirectionFlow(r, 2, Schedule.LogT),
        ["scheduled-outputs"] = static r => new ScheduledOutputsFlow(r, Schedule.LogT),
        ["lagrange"] = static r => new LagrangeFlow(r, null, .1),
        ["fixed-multipliers"] = static r => new FixedMultipliersFlow(r, [.1, .2]),
        ["weight-normalization"] = static r => new WeightNormalizationFlow(r, null, .1),
        ["weight-normalization per row"] = static r => new RowWeightNormalizationFlow(r, .1),
        ["batch-norm-weight-decay"] = static r => new BatchNormWeightDecayFlow(r, .1),
        ["tangent"] = static r => new TangentFlow(r, 2, 3),
        ["tangent to the 3-norm"] = static r => new TangentFlow(r, 3),
        ["lp-constrained"] = static r => new LpConstrainedFlow(r, 3),
        ["lp-reparametrized"] = static r => new LpReparametrizedFlow(r, 3),
        ["norm-growth"] = static _ => new NormGrowthFlow(2, [1, .5, 2]),
    };

    public static TheoryData<string> Names => [.. s_flows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_velocity_after_the_first_allocates_nothing(string name)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var net = Network.Dense(2, 3, 1);
        var data = new Dataset("random", Problems.Normal(random, 5 * 2), [1, 1, -1, 1, -1], 2);
        var flow = s_flows[name](new EmpiricalRisk(net, Loss.Exponential, data, Reduction.Sum));
        var state = flow.Start(Problems.Normal(random, flow.Network.ParameterCount));
        var velocity = new double[state.Length];
        var work = flow.NewWorkspace();
        work.Velocity(1, state, velocity);
        AllocationCount.Of(() => work.Velocity(1, state, velocity)).ShouldBe(0, $"seed {seed}");
    }
}
