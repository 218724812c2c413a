using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_discrete_mode_of_its_own_is_located_and_kept(int seed)
    {
        const double bound = .3, until = 6, step = 2e-5;
        var random = new RandomStream(seed, 77);
        double[] x = [.. Enumerable.Range(0, 8).Select(_ => random.NextNormal())], w = [random.NextNormal() / 4, random.NextNormal() / 4];
        // Separable, so that the weights would grow for ever: they reach the faces, and what one face holds back changes the others' pull.
        double[] y = [.. Enumerable.Range(0, 4).Select(n => x[2 * n] > -.3 * x[2 * n + 1] ? 1.0 : -1)];
        var risk = new EmpiricalRisk(Network.Dense(2, 1), Loss.Exponential, new Dataset("four", x, y, 2), Reduction.Sum);
        var flow = new BoxFlow(risk, bound);
        var point = flow.From(w).At([Instant.FromT(until)]).Single();
        // The same by small steps that are cut off at the box.
        var stepped = (double[])w.Clone();
        var descent = new double[2];
        var reached = false;
        for (var i = 0; i < (int)(until / step); i++)
        {
            var scale = Math.Exp(risk.Evaluate(stepped, descent).LogScale);
            for (var k = 0; k < 2; k++) stepped[k] = Math.Clamp(stepped[k] + step * scale * descent[k], -bound, bound);
            reached |= Math.Abs(stepped[0]) == bound || Math.Abs(stepped[1]) == bound;
        }
        reached.ShouldBeTrue();
        point.Weights().ShouldBe(stepped, 1e-4);
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
