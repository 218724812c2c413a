using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>Kinds of flow say everything about themselves, in their own files.</summary>
public class FlowKindTests
{
    private static readonly EmpiricalRisk s_risk = new(Network.Dense(2, 3, 1), Loss.Exponential, Problems.TwoByTwo, Reduction.Sum);
    private static readonly double[] s_theta = [.3, -.1, .5, .2, -.4, .6, 1, -1, .5];

    public static IEnumerable<TheoryDataRow<string>> Names => FlowKind.All.Select(static k => new TheoryDataRow<string>(k.Name));

    [Fact]
    public void The_kinds_of_the_library_are_found_in_the_order_of_their_places()
    {
        FlowKind.All.Take(13).Select(static k => k.Name).ShouldBe(
        [
            "unconstrained", "reparametrized", "fixed-rho", "lagrange", "weight-normalization", "tangent", "lp-constrained",
            "lp-reparametrized", "batch-norm-weight-decay", "scheduled-direction", "scheduled-outputs", "scheduled-rho", "norm-growth",
        ]);
        FlowKind.All.Select(static k => k.Place).ShouldBeInOrder();
        FlowKind.All.SelectMany(static k => k.Aliases.Prepend(k.Name)).ShouldBeUnique();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kind_builds_its_flow_from_settings_and_knows_it_again(string name)
    {
        var kind = FlowKind.Find(name).ShouldNotBeNull();
        var settings = FlowSettings.Empty;
        foreach (var key in kind.Keys.Where(static k => k.IsRequired)) settings = settings.With(key, Schedule.LogT);
        var problem = kind.IsScalar ? FlowProblem.OfNorms([1, 2], [.5], Loss.Exponential, Reduction.Sum) : FlowProblem.Of(s_risk, s_theta);
        var flow = kind.Build(settings, problem);
        flow.Kind.ShouldBe(kind);
        flow.Start(problem.Start).Length.ShouldBe(flow.Dimension);
        kind.Equations.ShouldNotBeEmpty();
        kind.Source.ShouldNotBeEmpty();
        kind.Keys.ShouldAllBe(static k => k.Doc.Length > 0);
        kind.Check(settings).ShouldBeNull();
        foreach (var alias in kind.Aliases) FlowKind.Find(alias).ShouldBe(kind);
    }

    [Fact]
    public void Settings_reach_the_flow_and_its_lambda()
    {
        var problem = FlowProblem.Of(s_risk, s_theta);
        Flow Build(FlowKind kind, FlowSettings settings) => kind.Build(settings, problem);
        var decay = FlowSettings.Empty.With(FlowKeys.WeightDecay, 0.3);
        foreach (var kind in FlowKind.All.Where(static k => k.Keys.Contains(FlowKeys.WeightDecay))) Build(kind, decay).Lambda.ShouldBe(0.3);
        Build(UnconstrainedFlow.Definition, FlowSettings.Empty).Lambda.ShouldBe(0);
        var maximum = FlowSettings.Empty.With(FlowKeys.P, double.PositiveInfinity);
        Build(TangentFlow.Definition, maximum).NewWorkspace().Mode.ShouldBeOfType<BallFace>();
        Build(TangentFlow.Definition, FlowSettings.Empty).NewWorkspace().Mode.ShouldBeNull();
        var start = Build(LagrangeFlow.Definition, FlowSettings.Empty.With(FlowKeys.Rho, 3.0)).Start(s_theta);
        (start[0] * start[1]).ShouldBe(3, 1e-14);
        problem.Rho.ShouldBe(Math.Sqrt(s_theta[..6].Sum(v => v * v) * s_theta[6..].Sum(v => v * v)), 1e-14);
    }

    [Fact]
    public void What_is_wrong_with_settings_is_said()
    {
        Should.Throw<ArgumentException>(() =>
            FlowSettings.Empty.With(FlowKeys.StartNorms, [-1])).Message.ShouldContain("rho-k: ρ_k > 0 is needed");
        var problem = FlowProblem.Of(s_risk, s_theta);
        Should.Throw<ArgumentException>(() =>
            ScheduledRhoFlow.Definition.Build(FlowSettings.Empty, problem)).Message.ShouldContain("'rho' is missing");
        FlowKeys.RhoOrNorms(FlowSettings.Empty.With(FlowKeys.Rho, 1.0).With(FlowKeys.StartNorms, [1]))
            .ShouldNotBeNull().Key.ShouldBe("rho-k");
        Should.Throw<ArgumentException>(() =>
            FlowKind.Register(UnconstrainedFlow.Definition with { Source = "another" }))
            .Message.ShouldContain("'unconstrained' exists already");
        Should.Throw<InvalidOperationException>(() =>
            new NormGrowthFlow(1, [1.0]).Risk).Message.ShouldContain("norm-growth is about norms alone");
    }
}
