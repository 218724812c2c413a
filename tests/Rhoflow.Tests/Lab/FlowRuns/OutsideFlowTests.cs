using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.FlowRuns;

/// <summary>
/// A kind of flow of another assembly (this one): one class in one file, registered, is read, written, run and listed as any other.
/// </summary>
public class OutsideFlowTests
{
    /// <summary>Gradient flow in another unit of time: Ẇ_k = −c ∂L/∂W_k.</summary>
    private sealed class RescaledTimeFlow(EmpiricalRisk risk, double factor) : Flow(risk, risk.Network)
    {
        private static readonly FlowKey<double?> s_factor = FlowKey.OptionalPositive("factor", "c; 1 unless given");

        public static FlowKind Definition { get; } = new("rescaled-time", "Ẇ_k = −c ∂L/∂W_k", "a test", [s_factor],
            static (settings, problem) => new RescaledTimeFlow(problem.Risk, settings.Get(s_factor) ?? 1));

        public override FlowKind Kind => Definition;
        public override int Dimension => Network.ParameterCount;
        public override double[] Start(ReadOnlySpan<double> theta) => theta.ToArray();

        // "protected" in an assembly that does not see the library's internals.
        protected internal override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity) =>
            work.Risk.Evaluate(state, velocity).LogScale + Math.Log(factor);

        public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
            NormsAndDirections.Split(Network, state, rho, v);
    }

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
