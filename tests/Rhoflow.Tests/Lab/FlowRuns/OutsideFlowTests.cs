using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Outside;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.FlowRuns;

/// <summary>
/// A kind of flow of an assembly that sees no internals: one class in one file, registered, is read, written, run and listed as any other.
/// </summary>
public class OutsideFlowTests
{
    private static readonly Lazy<bool> s_registered = new(static () =>
    {
        FlowKind.Register(RescaledTimeFlow.Definition);
        return true;
    });

    [Fact]
    public void Its_runs_are_those_of_its_equation()
    {
        s_registered.Value.ShouldBeTrue();
        FlowKind.All[^1].ShouldBe(RescaledTimeFlow.Definition);
        string[] fourTimes = ["flow={kind: rescaled-time, factor: 4}", "observe.at.t=[0.25, 1.25, 2.5]"];
        var experiment = Configs.Read(Configs.TwoParameters, fourTimes);
        experiment.ToYaml().ShouldContain("  kind: rescaled-time\n  factor: 4\n");
        var points = PreparedFlow.From(experiment).Start().At([.. new[] { .25, 1.25, 2.5 }.Select(Instant.FromT)]).ToArray();
        var plain = PreparedFlow.From(Configs.Read(Configs.TwoParameters)).Start().At([.. new[] { 1.0, 5, 10 }.Select(Instant.FromT)])
            .ToArray();
        for (var i = 0; i < plain.Length; i++) points[i].Weights().ShouldBe(plain[i].Weights(), 1e-8);
    }

    [Fact]
    public void Its_keys_are_checked_as_all_are()
    {
        s_registered.Value.ShouldBeTrue();
        static string Message(string flow) => Should.Throw<ConfigException>(() => Configs.Read(Configs.TwoParameters, flow)).Message;
        Message("flow={kind: rescaled-time, factor: -1}").ShouldContain("flow.factor: a number > 0 was expected; '-1' was given");
        Message("flow={kind: rescaled-time, rho: 1}").ShouldContain("flow.rho: has no meaning for rescaled-time; its own keys: factor");
        Message("flow={kind: unconstrained, factor: 1}").ShouldContain("flow.factor: has no meaning for unconstrained");
    }
}
