using Rhoflow.Flows;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>
/// Memo 112, appendices G and H: what the claims on constraint equations and collapse compute, by second routes, and their verdicts.
/// </summary>
public class CollapseTests
{
    [Theory]
    [InlineData("b16-equal-margins-are-forced", Verdict.Fails)]
    [InlineData("b38-every-example-is-stationary", Verdict.Fails)]
    [InlineData("b39-projections-solve-the-constraints", Verdict.Fails)]
    [InlineData("b40-orthogonal-matrices-solve-the-constraints", Verdict.Fails)]
    [InlineData("b42-descent-preserves-diagonal-matrices", Verdict.Fails)]
    [InlineData("b56-recurrent-equals-feed-forward", Verdict.Undecided)]
    [InlineData("b125-last-layer-of-both-classes", Verdict.Fails)]
    [InlineData("b126-two-outputs-are-opposite", Verdict.Holds)]
    [InlineData("b127-ten-classes-at-rest", Verdict.Undecided)]
    [InlineData("b128-minibatches-rest-at-every-example", Verdict.Undecided)]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(c => c.Role != CheckRole.Premise || c.Passed == true);
        outcome.Checks.ShouldAllBe(c => c.Role != CheckRole.Amended || c.Passed == true, outcome.Why);
        outcome.Chart!.Specification().ToJsonString().ShouldNotContain("NaN");
    }

    [Fact]
    public void Numbers_of_the_first_reading()
    {
        var margins = Outcomes.Of("b16-equal-margins-are-forced")
            .Numbers("margins of Iris at the support vector machine: least, median, largest");
        margins.Select(m => Math.Round(m, 3)).ShouldBe([.743, 1.560, 3.655]);
        var projections = Outcomes.Of("b39-projections-solve-the-constraints");
        projections.Number("residual, p = 4, rank 2, x in the range").ShouldBe(.7071, 1e-4);
        projections.Number("residual, p = 4, rank 3, x in the range").ShouldBe(.8165, 1e-4);
        var orthogonal = Outcomes.Of("b40-orthogonal-matrices-solve-the-constraints");
        orthogonal.Number("relative residual, p = 4, V_4 aligned").ShouldBe(.8660, 1e-4);
        orthogonal.Number("√⟨cos²⟩ of V_3 and V_4ᵀ(V_2V_1)ᵀ, p = 4").ShouldBe(.25, .02);
        Outcomes.Of("b38-every-example-is-stationary").Number("λ = 0.02: median over seeds of the mean residual of layer 1")
            .ShouldBe(.966, .03);
    }

    [Fact]
    public void Residuals_are_those_of_finite_differences()
    {
        var network = Network.Dense(3, 4, 4, 1);
        var theta = Initialization.Normal(network, new RandomStream(3));
        var data = TeacherData.Of(3, 6, 3);
        var residuals = ConstraintEquations.Residuals(network, theta, data.X);
        var v = (double[])theta.Clone();
        Initialization.ScaleLayers(network, v, [1]);
        double F(double[] at, int n)
        {
            var evaluation = new ChainPasses(network, data.Example(n), 1);
            evaluation.Forward(at);
            return evaluation.Outputs[0];
        }
        var compared = 0;
        for (var k = 0; k < 3; k++)
            for (var n = 0; n < 6; n++)
            {
                var layer = network.Layers[k];
                var slope = new double[layer.Count];
                for (var i = 0; i < layer.Count; i++)
                {
                    double[] up = (double[])v.Clone(), down = (double[])v.Clone();
                    up[layer.Offset + i] += 1e-6;
                    down[layer.Offset + i] -= 1e-6;
                    slope[i] = (F(up, n) - F(down, n)) / 2e-6;
                }
                if (Vectors.Norm(slope) < 1e-3) continue;
                var miss = (double[])slope.Clone();
                Vectors.Add(-F(v, n), layer.Of(v), miss);
                residuals[k][n].ShouldBe(Vectors.Norm(miss) / Vectors.Norm(slope), 1e-7);
                residuals[k][n].ShouldBe(Math.Sin(Vectors.Angle(slope, layer.Of(v))), 1e-6);
                compared++;
            }
        compared.ShouldBeGreaterThan(6);
    }

    // η and μ of the config; without normalization η is twice as large. What is kept twice is the same.
    [Fact]
    public void Kept_runs_say_how_long_decay_acted_and_who_rests()
    {
        var all = Enum.GetValues<RestedTask>().SelectMany(RestedRuns.Of).ToArray();
        all.Length.ShouldBe(21);
        foreach (var runs in all.Concat(RestedRuns.GoneOn()))
        {
            double[] epochs = runs.Last("epoch"), times = runs.Last("decay_times"), rests = runs.Last("rests");
            epochs.Length.ShouldBe(5, runs.Name);
            for (var i = 0; i < 5; i++)
            {
                times[i].ShouldBe(2 * (runs.IsTheModel ? .01 : .02) * runs.Decay / (1 - .9) * epochs[i], 1e-12 + 1e-5 * times[i],
                    runs.Name);
                runs.Curve("epoch", i).ShouldBeInOrder();
                if (rests[i] == 1) times[i].ShouldBeGreaterThan(50);
                var ratio = runs.Curve("nc1_trace_ratio", i);
                ratio[^1].ShouldBeLessThan(ratio[0]);
            }
            runs.AtRest().Length.ShouldBeLessThanOrEqualTo((int)rests.Sum());
            var (at, middle) = runs.Middle("nc1_pinv");
            at.ShouldBeInOrder();
            middle[^1].ShouldBe(runs.Median("nc1_pinv"));
        }
        RestedRuns.GoneOn()[0].Curve("nc1_trace_ratio", 2)[0].ShouldBe(RestedRuns.Of(RestedTask.OneOutput)[0].Curve("nc1_trace_ratio",
            2)[0]);
    }

    // That the last layer rests does not make the features rest: b43 and b65 ask for it.
    [Fact]
    public void Features_that_still_move_leave_a_claim_undecided()
    {
        RestedRuns[] judged = [.. RestedRuns.TwoClasses().Where(static r => r.IsTheModel && r.AtRest().Length > 0)];
        judged.Length.ShouldBe(4);
        foreach (var runs in judged)
        {
            var judge = new Judge();
            judge.Printed.AtMost("anything", 0, 1);
            judge.Verdict.ShouldBe(Verdict.Holds);
            runs.RequireFeaturesAtRest(judge, runs.AtRest());
            judge.Verdict.ShouldBe(Verdict.Undecided, runs.Name);
        }
        foreach (var on in RestedRuns.GoneOn())
        {
            on.AtRest().ShouldBeEmpty();
            on.Last("epoch").ShouldAllBe(static e => e == 60_000);
            var before = judged.Single(r => r.Task == on.Task && r.Decay == on.Decay);
            for (var seed = 0; seed < 5; seed++)
            {
                on.Last("nc1_trace_ratio")[seed].ShouldBeLessThan(before.Last("nc1_trace_ratio")[seed]);
                on.Last("rho")[seed].ShouldBeGreaterThan(before.Last("rho")[seed]);
            }
        }
    }

    // r₊² + r₋² ≥ 1 + cos² φ by another route: V_L anywhere on the sphere of p dimensions, found by descent on the sum itself.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    public void Features_of_both_classes_are_missed_by_the_last_layer(int p, int seed)
    {
        var random = new RandomStream(seed);
        double[] Features() => [.. Enumerable.Range(0, p).Select(_ => Math.Max(0, random.NextNormal() + .3) + 1e-3)];
        double[] first = Features(), second = Features();
        double a = Vectors.Norm(first), b = Vectors.Norm(second), cosine = Vectors.Dot(first, second) / (a * b);
        var least = double.PositiveInfinity;
        var v = new double[p];
        for (var i = 0; i < 200_000; i++)
        {
            // Near what was best, or anywhere.
            double[] w = [.. v.Select(x => (i % 4 == 0 ? 0 : x) + (i % 4 == 0 ? 1 : .01) * random.NextNormal())];
            var norm = Vectors.Norm(w);
            double f = Vectors.Dot(w, first) / (norm * a), g = Vectors.Dot(w, second) / (norm * b);
            if (f < 0 || g > 0 || 2 - f * f - g * g >= least) continue;
            least = 2 - f * f - g * g;
            for (var j = 0; j < p; j++) v[j] = w[j] / norm;
        }
        least.ShouldBeInRange(1 + cosine * cosine - 1e-12, 1 + cosine * cosine + .02);
    }

    [Fact]
    public void Features_of_the_last_layer_are_its_derivatives()
    {
        var network = Network.Dense(3, 4, 4, 1);
        var theta = Initialization.Normal(network, new RandomStream(3));
        var data = TeacherData.Of(3, 6, 3);
        var h = ConstraintEquations.LastFeatures(network, theta, data.X);
        using var passes = Rhoflow.Observations.Linearization.Of<double>(network, Loss.Square, data, Reduction.Sum, theta, default,
            threads: 1);
        var outputs = new ChainPasses(network, data.X, 6);
        outputs.Forward(theta);
        var features = passes.Features(3);
        for (var n = 0; n < 6; n++)
        {
            Vectors.Dot(network.Layers[^1].Of(theta), h[n]).ShouldBe(outputs.Outputs[n], 1e-12);
            h[n].ShouldBe(features!.Row(n), 1e-12);
        }
    }

    // An epoch of minibatches of all examples is one step of the flow.
    [Fact]
    public void Minibatches_of_all_examples_are_the_step_of_the_flow()
    {
        var network = Network.Dense(3, 4, 1);
        var data = TeacherData.Of(5, 6, 3);
        var theta = Initialization.Normal(network, new RandomStream(5));
        EmpiricalRisk Risk(Rhoflow.Data.Dataset d) => new(network, Loss.Square, d, Reduction.Sum);
        EmpiricalRisk[] risks = [.. Enumerable.Range(0, 6).Select(n =>
            Risk(new Rhoflow.Data.Dataset("one", data.Example(n).ToArray(), [data.Y[n]], 3)))];
        double[] At(int batch) => Rhoflow.Papers.SquareLoss.BatchNormModel.Falling(risks, batch, .3, 1.5, theta, (1e-3, 1e9), 3,
            new RandomStream(1), TestContext.Current.CancellationToken);
        var flow = new BatchNormWeightDecayFlow(Risk(data), .3, 1.5).NewWorkspace();
        double[] state = flow.Flow.Start(theta), velocity = new double[state.Length];
        for (var i = 0; i < 3; i++)
        {
            var h = 1e-3 / (1 + state[0] * state[0]);
            Vectors.Add(h * Math.Exp(flow.Velocity(0, state, velocity)), velocity, state);
            foreach (var layer in network.Layers) Vectors.Scale(1 / Vectors.Norm(layer.Of(state.AsSpan(1))), layer.Of(state.AsSpan(1)),
                layer.Of(state.AsSpan(1)));
        }
        double[] all = At(6), one = At(1);
        for (var j = 0; j < state.Length; j++)
        {
            all[j].ShouldBe(state[j], 1e-10);
            // Small steps one after the other differ in second order.
            one[j].ShouldBe(state[j], 5e-4);
        }
        one.ShouldNotBe(all);
    }

    // On the circle the matrix (1/N) Σ x̂x̂ᵀ has eigenvalues (1 ± |mean of e^{2iφ}|)/2.
    [Fact]
    public void The_bound_of_the_first_layer_is_that_of_the_circle()
    {
        double[] angles = [.1, .8, 1.9, 4];
        var x = angles.SelectMany((a, i) => (double[])[(i + 1) * Math.Cos(a), (i + 1) * Math.Sin(a)]).ToArray();
        var resultant = Math.Sqrt(Math.Pow(angles.Average(a => Math.Cos(2 * a)), 2) + Math.Pow(angles.Average(a => Math.Sin(2 * a)), 2));
        ConstraintEquations.FirstLayerBound(x, 2).ShouldBe((1 - resultant) / 2, 1e-14);
    }

    // The library's flow is stopped where it still moves; Euler steps must have passed there.
    [Fact]
    public void Normalized_descent_follows_the_flow()
    {
        var network = Network.Linear(3, 4, 1);
        var data = TeacherData.Of(5, 10, 3);
        var theta = Initialization.Normal(network, new RandomStream(5));
        var end = new NormalizedDescent(network, theta, data, .3, 1).Run(4000);
        var flow = new BatchNormWeightDecayFlow(new EmpiricalRisk(network, Loss.Square, data, Reduction.Sum), .3, 1)
            .From(theta, new IntegrationOptions()).At([Instant.FromT(1e4)], TestContext.Current.CancellationToken).Single();
        end.Rho.ShouldBe(flow.Rho, 1e-6);
        var ridge = MinimumNorm.Of(data).Ridge(.3);
        var outputs = end.Outputs(data.X);
        for (var n = 0; n < 10; n++) outputs[n].ShouldBe(Vectors.Dot(ridge, data.Example(n)), 1e-6);
        end.Residuals().Max().ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Tied_layers_rest_where_their_common_matrix_does()
    {
        var network = Network.Linear(3, 3, 3, 1);
        var data = TeacherData.Of(6, 10, 3);
        var end = new NormalizedDescent(network, Initialization.Normal(network, new RandomStream(6)), data, .1, 1, tied: true).Run(4000);
        network.Layers[0].Of(end.V).ToArray().ShouldBe(network.Layers[1].Of(end.V).ToArray());
        double Loss(double[] common)
        {
            var v = (double[])end.V.Clone();
            var norm = Vectors.Norm(common);
            foreach (var layer in network.Layers.SkipLast(1)) Vectors.Scale(1 / norm, common, layer.Of(v));
            var evaluation = new ChainPasses(network, data.X, data.Count);
            evaluation.Forward(v);
            var sum = 0.0;
            for (var n = 0; n < data.Count; n++) sum += Math.Pow(end.Rho * evaluation.Outputs[n] - data.Y[n], 2);
            return sum;
        }
        var at = network.Layers[0].Of(end.V).ToArray();
        for (var i = 0; i < at.Length; i++)
        {
            double[] up = (double[])at.Clone(), down = (double[])at.Clone();
            up[i] += 1e-5;
            down[i] -= 1e-5;
            ((Loss(up) - Loss(down)) / 2e-5).ShouldBe(0, 1e-5);
        }
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(6, 6)]
    public void Frames_are_orthonormal_and_projections_idempotent(int p, int count)
    {
        var rows = Frames.Orthonormal(p, count, new RandomStream(p));
        var projection = Frames.Projection(rows);
        var twice = Frames.Times(projection, projection);
        for (var i = 0; i < p; i++) twice[i].ShouldBe(projection[i], 1e-14);
        Enumerable.Range(0, p).Sum(i => projection[i][i]).ShouldBe(count, 1e-13);
        Frames.Cosine(projection, Frames.Transpose(projection)).ShouldBe(1, 1e-14);
    }
}
