using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.SquareLoss;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Memo 112's minimum norm: the claims come to their verdicts, and what they rest on is computed a second way.</summary>
public sealed class MinimumNormTests
{
    [Theory]
    [InlineData("b117-linear-start-forgotten", Verdict.Holds)]
    [InlineData("b118-no-fit-below-the-least-norm", Verdict.Holds)]
    [InlineData("b119-first-fit-is-the-least-norm", Verdict.Care)]
    [InlineData("b120-decay-finds-the-least-norm", Verdict.Holds)]
    [InlineData("b121-large-starts-keep-inner-layers", Verdict.Holds)]
    [InlineData("b122-decay-sets-the-last-norm", Verdict.Care)]
    [InlineData("b123-both-are-required", Verdict.Care)]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(c => (c.Role != CheckRole.Premise && c.Role != CheckRole.Amended) || c.Passed == true);
    }

    // Frank and Wolfe's steps over a grid of 2,000 atoms: an upper bound from other code, and the residual's bound on it from below.
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Least_loss_in_the_plane_is_that_of_a_grid_of_units(long seed)
    {
        var data = GaussianTeacher.Draw(6, 2, seed);
        var plane = new PlaneLeastLoss(data);
        const double rho = 1.5;
        const int grid = 2000;
        double[][] atoms = [.. Enumerable.Range(0, grid).Select(i => Enumerable.Range(0, data.Count).Select(n =>
            Math.Max(0, Math.Cos(2 * Math.PI * i / grid) * data.Example(n)[0] + Math.Sin(2 * Math.PI * i / grid) * data.Example(n)[1]))
            .ToArray())];
        var g = new double[data.Count];
        var gap = 0.0;
        for (var step = 0; step < 4000; step++)
        {
            double[] r = [.. g.Select((v, n) => data.Y[n] - v)];
            var best = atoms.MaxBy(a => Math.Abs(Vectors.Dot(a, r)))!;
            var sign = Math.Sign(Vectors.Dot(best, r));
            double[] toward = [.. best.Select((a, n) => rho * sign * a - g[n])];
            gap = Vectors.Dot(toward, r);
            var share = Math.Clamp(gap / Vectors.Dot(toward, toward), 0, 1);
            Vectors.Add(share, toward, g);
        }
        var loss = g.Select((v, n) => (data.Y[n] - v) * (data.Y[n] - v)).Sum();
        var least = plane.At(rho);
        least.Loss.ShouldBeLessThanOrEqualTo(loss + 1e-9);
        least.Loss.ShouldBeGreaterThanOrEqualTo(loss - 2 * gap - 1e-3);
        Vectors.Dot(least.Residual, least.Residual).ShouldBe(least.Loss, 1e-12);
    }

    [Fact]
    public void Networks_of_the_certificates_units_have_the_least_loss_and_the_norm()
    {
        foreach (var of in MinimumNormCase.OtherPlanes.Append(MinimumNormCase.Plane))
        {
            var plane = new PlaneLeastLoss(of.Data);
            var minimum = plane.Minimum();
            foreach (var rho in (double[])[.3 * minimum.LowerBound, .8 * minimum.LowerBound])
            {
                var least = plane.At(rho);
                least.LowerBound.ShouldBeGreaterThan(rho);
                least.LowerBound.ShouldBeLessThan(minimum.LowerBound * (1 + 1e-9));
                var net = Network.Dense(2, least.Units.Count, 1);
                double[] w = [.. least.Units.SelectMany(static u => u.W), .. least.Units.Select(static u => u.A)], norms = new double[2];
                NormsAndDirections.Norms(net, w, norms);
                (norms[0] * norms[1]).ShouldBe(rho, 1e-9 * rho);
                Math.Exp(new EmpiricalRisk(net, Loss.Square, of.Data, Reduction.Sum).LogLoss(w)).ShouldBe(least.Loss, 1e-8);
                // No descent over V does better.
                new SphereLeastSquares(of.Network, of.Data).Descend(rho, of.Start(0)).Loss.ShouldBeGreaterThan(least.Loss * (1 - 1e-9));
            }
        }
    }

    [Fact]
    public void Norm_of_a_loss_is_the_inverse_of_the_loss_at_a_norm()
    {
        var context = new StudyContext();
        var curve = LeastLossCurve.Of(context, MinimumNormCase.Plane);
        curve.IsCertified.ShouldBeTrue();
        var plane = new PlaneLeastLoss(MinimumNormCase.Plane.Data);
        foreach (var share in (double[])[.2, .55, .83, .97])
        {
            var rho = share * curve.Minimum;
            curve.NormOf(plane.At(rho).Loss / MinimumNormCase.Plane.Data.Count).ShouldBe(rho, 1e-3 * rho);
        }
        curve.MeanSquare.Zip(curve.MeanSquare.Skip(1)).ShouldAllBe(static p => p.First >= p.Second);
    }

    // d(f²)/dδ = 2 − c e^{−δ} − 2f² by differences, for starts that a network can have: f² ≤ ‖a‖²‖b‖².
    [Fact]
    public void Output_of_one_example_solves_its_equation()
    {
        var random = new RandomStream(5, stream: 7);
        for (var i = 0; i < 20; i++)
        {
            double a = random.NextDouble(), b = random.NextDouble(), f = Math.Sqrt(a * b) * random.NextDouble(), c = 2 - a - b;
            OneExampleNorm.SquaredOutput(a, b, f, 0).ShouldBe(f * f, 1e-14);
            foreach (var delta in (double[])[.1, .7, 2])
            {
                const double h = 1e-5;
                var slope = (OneExampleNorm.SquaredOutput(a, b, f, delta + h) - OneExampleNorm.SquaredOutput(a, b, f, delta - h)) / (2 * h);
                slope.ShouldBe(2 - c * Math.Exp(-delta) - 2 * OneExampleNorm.SquaredOutput(a, b, f, delta), 1e-8);
            }
            var rho = OneExampleNorm.OfModel(a, b, f, .01);
            (rho * rho * OneExampleNorm.SquaredOutput(a, b, f, rho * rho - 1e-4)).ShouldBe(1, 1e-9);
        }
    }

    [Fact]
    public void Plain_descent_of_one_layer_ends_at_the_ridge_solution()
    {
        var data = GaussianTeacher.Draw(3, 5, seed: 11);
        var risk = new EmpiricalRisk(Network.Dense(5, 1), Loss.Square, data, Reduction.Sum);
        var w = new PlainDescent(risk, .3).Run([1, -2, .5, .3, -.7], 20_000);
        Vectors.Distance(w, MinimumNorm.Of(data).Ridge(.3)).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void Moves_by_the_tangent_kernel_are_the_minimum_norm_fit_of_a_linear_network()
    {
        var data = GaussianTeacher.Draw(3, 6, seed: 4);
        double[] start = [.3, -.2, .1, .7, -.4, .2];
        var network = Network.Dense(6, 1);
        var kernel = new TangentKernel(network, data, start);
        var end = MinimumNorm.Of(data).FlowLimit(start);
        kernel.PredictedMoves(data.Y).Single().ShouldBe(Vectors.Distance(end, start), 1e-10);
        new TangentKernel(network, data, end).ChangeFrom(kernel).ShouldBe(0, 1e-14);
    }

    [Fact]
    public void Tangent_kernel_is_that_of_differences()
    {
        var data = GaussianTeacher.Draw(4, 3, seed: 2);
        var network = Network.Dense(3, 5, 1);
        var theta = Initialization.Normal(network, new RandomStream(3, 1));
        var risk = new EmpiricalRisk(network, Loss.Square, data);
        var jacobian = new double[theta.Length][];
        for (var i = 0; i < theta.Length; i++)
        {
            const double h = 1e-6;
            double[] up = (double[])theta.Clone(), down = (double[])theta.Clone();
            (up[i], down[i]) = (up[i] + h, down[i] - h);
            double[] high = risk.Outputs(up).ToArray(), low = risk.Outputs(down).ToArray();
            jacobian[i] = [.. high.Zip(low, static (a, b) => (a - b) / (2 * h))];
        }
        var kernel = new TangentKernel(network, data, theta);
        for (var m = 0; m < data.Count; m++)
            for (var n = 0; n < data.Count; n++)
                kernel.Values[m * data.Count + n].ShouldBe(jacobian.Sum(j => j[m] * j[n]), 1e-6);
    }

    [Fact]
    public void Exponents_of_a_power_law_are_found_with_their_errors()
    {
        NormRates.Row Row(double rate, long seed) =>
            new(new(rate, .1, 8), seed, Math.Pow(rate, .5 + .01 * (seed - 2)), 1, 1, 1, 1);
        var rows = Spread.Seeds.SelectMany(seed => new[] { .1, .2, .4 }.Select(rate => Row(rate, seed)));
        var (mean, error) = NormRates.Exponent(rows, static r => r.Last, static s => s.Rate);
        mean.ShouldBe(.5, 1e-12);
        error.ShouldBe(.01 * Math.Sqrt(10.0 / 4 / 5), 1e-12);
    }

    [Fact]
    public void What_is_kept_has_all_runs()
    {
        var context = new StudyContext();
        var rows = NormRates.Long(context);
        rows.GroupBy(static r => r.Of).Select(static g => (g.Key, g.Count())).ShouldBe(
            NormRates.All.Select(static s => (s, Spread.Seeds.Count)), ignoreOrder: true);
        KeptRun.Find(MinimumNormEnds.Kept, MinimumNormCase.Images.Name).ShouldNotBeNull();
        foreach (var setting in MinimumNormEnds.All)
            MinimumNormEnds.Of(context, MinimumNormCase.Images, setting).Count.ShouldBe(MinimumNormCase.Starts);
    }

    // loss(sW) + λs²Σ‖W_k‖² rises with s for ‖W_k‖ = r, N(1 + r³)r < λ, if L = 3; for L = 2 and a small λ it falls along W of Σyg > 0.
    [Theory]
    [InlineData(3), InlineData(2)]
    public void Zero_weights_are_a_minimum_of_three_layers_with_decay_and_of_two_not(int layers)
    {
        const double lambda = .02, r = .002;
        var data = GaussianTeacher.Draw(8, 4, seed: 12);
        var network = layers == 3 ? Network.Dense(4, 6, 6, 1) : Network.Dense(4, 6, 1);
        var risk = new EmpiricalRisk(network, Loss.Square, data, Reduction.Sum);
        var random = new RandomStream(12, stream: 123);
        int rising = 0, falling = 0;
        for (var i = 0; i < 40; i++)
        {
            var w = Initialization.Normal(network, random);
            Initialization.ScaleLayers(network, w, [r]);
            double At(double s)
            {
                double[] there = [.. w.Select(v => s * v)];
                return Math.Exp(risk.LogLoss(there)) + lambda * Vectors.Dot(there, there) - data.Count;
            }
            if (At(.5) > 0 && At(1) > At(.5)) rising++;
            else falling++;
        }
        if (layers == 3) rising.ShouldBe(40);
        else falling.ShouldBeGreaterThan(0);
    }

    // At an exact fit no step goes uphill; the step must not grow beyond all numbers.
    [Fact]
    public void Descents_stay_where_the_fit_is_exact()
    {
        var data = new Dataset("one example", [1, 0], [1], 2);
        var network = Network.Dense(2, 1, 1);
        var model = new NormalizedDescent(network, [1, 0, 1], data, 0, 1).Run(20_000);
        model.Rho.ShouldBe(1);
        model.MeanSquare.ShouldBe(0);
        new PlainDescent(new EmpiricalRisk(network, Loss.Square, data, Reduction.Sum), 0).Run([1, 0, 1], 20_000).ShouldBe([1, 0, 1]);
    }
}
