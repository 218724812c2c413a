using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Numerics;
using Rhoflow.Regression;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Regression;

public sealed class FeatureModesTests
{
    // T3b Fig 4.
    [Theory]
    [InlineData(39, 15.9807, 1.57221)]
    [InlineData(30, 16.9292, 1.19409)]
    public void Figure_4_of_theory_IIIb_has_these_minimum_norms(int degree, double norm, double test)
    {
        var (phi, y, testPhi, testY) = Figure4(degree);
        var modes = FeatureModes.Of(phi);
        modes.Rank.ShouldBe(9);
        modes.LargestStep.ShouldBeGreaterThan(0.2);                         // the mean of squares, not their sum
        modes.LargestStep.ShouldBeLessThan(9 * 0.2);
        var w = modes.MinimumNorm(y);
        Vectors.Norm(w).ShouldBe(norm, 1e-4);
        MeanSquare(testPhi, testY, w).ShouldBe(test, 1e-5);
        MeanSquare(phi, y, w).ShouldBe(0, 1e-25);

        var nodes = Samples.Chebyshev(9, 384);
        var exact = PolynomialRegression.MinimumNorm(nodes, Samples.Sine(4, nodes), degree);
        w.ShouldBe(Samples.ToDouble(exact.Weights), 1e-10);
    }

    [Fact]
    public void Many_steps_at_once_are_the_steps_one_by_one()
    {
        Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int count = random.Next(2, 7), width = random.Next(2, 9), steps = random.Next(0, 400);
            double[][] phi = [.. Enumerable.Range(0, count).Select(_ => Problems.Normal(random, width))];
            double[] y = Problems.Normal(random, count), w = Problems.Normal(random, width), loop = [.. w];
            var modes = FeatureModes.Of(phi);
            var step = modes.LargestStep * (0.05 + 0.95 * random.NextDouble());
            modes.Descend(w, y, step, steps);
            for (var s = 0; s < steps; s++) Step(phi, y, loop, step);
            w.ShouldBe(loop, 1e-10 * (1 + Vectors.Norm(loop)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_shortened_figure_4_is_its_plain_loop()
    {
        var (phi, y, testPhi, testY) = Figure4(39);
        var experiment = new PerturbedDescent { Iterations = 4000, Every = 500, Until = 2200, Observe = 1000, Repeats = 2 };
        var moments = experiment.Run(phi, y, testPhi, testY, seed: 5);
        moments.Select(m => m.Iteration).ShouldBe([0, 500, 1000, 1500, 2000, 3000, 4000]);
        var expected = new double[moments.Length, 4];
        for (var repeat = 0; repeat < 2; repeat++)
        {
            var noise = new RandomStream(5, repeat);
            var w = new double[40];
            for (var (t, i) = (0, 0); t <= 4000; t++)
            {
                if (i < moments.Length && moments[i].Iteration == t)
                {
                    expected[i, 0] += MeanSquare(phi, y, w) / 2;
                    expected[i, 1] += MeanSquare(testPhi, testY, w) / 2;
                    expected[i, 2] += Vectors.Norm(w) / 2;
                    expected[i, 3] += Vectors.Dot(w, w) / 2;
                    i++;
                }
                if (t is 500 or 1000 or 1500 or 2000)
                    for (var j = 0; j < w.Length; j++) w[j] += 0.45 * noise.NextNormal();
                Step(phi, y, w, 0.2);
            }
        }
        for (var i = 0; i < moments.Length; i++)
        {
            moments[i].TrainError.ShouldBe(expected[i, 0], 1e-10);
            moments[i].TestError.ShouldBe(expected[i, 1], 1e-10);
            moments[i].Norm.ShouldBe(expected[i, 2], 1e-10);
            moments[i].NormSquared.ShouldBe(expected[i, 3], 1e-9);
        }
    }

    // Starts and perturbations by a loop of its own, step by step; the moments just after them beside those before.
    [Fact]
    public void Random_starts_and_the_moments_after_perturbations_are_those_of_the_plain_loop()
    {
        var (phi, y, testPhi, testY) = Figure4(12);
        var experiment = new PerturbedDescent
        {
            Iterations = 90,
            Every = 30,
            Until = 60,
            Observe = 90,
            Repeats = 1,
            StartSigma = .7,
            AfterPerturbations = true,
        };
        var seed = Random.Shared.Next();
        var moments = experiment.Run(phi, y, testPhi, testY, seed);
        moments.Select(m => m.Iteration).ShouldBe([0, 30, 30, 60, 60, 90]);
        var noise = new RandomStream(seed);
        double[] w = [.. Enumerable.Range(0, 13).Select(_ => .7 * noise.NextNormal())];
        var expected = new List<(double Train, double Test, double Square)>();
        void Observe() => expected.Add((MeanSquare(phi, y, w), MeanSquare(testPhi, testY, w), Vectors.Dot(w, w)));
        for (var t = 0; t <= 90; t++)
        {
            if (t is 0 or 30 or 60 or 90) Observe();
            if (t is 30 or 60)
            {
                for (var j = 0; j < w.Length; j++) w[j] += .45 * noise.NextNormal();
                Observe();
            }
            Step(phi, y, w, .2);
        }
        for (var i = 0; i < moments.Length; i++)
        {
            moments[i].TrainError.ShouldBe(expected[i].Train, 1e-9 * (1 + expected[i].Train), $"seed {seed}");
            moments[i].TestError.ShouldBe(expected[i].Test, 1e-9 * (1 + expected[i].Test), $"seed {seed}");
            moments[i].NormSquared.ShouldBe(expected[i].Square, 1e-9 * (1 + expected[i].Square), $"seed {seed}");
        }
        // What is seen at the others does not depend on whether the second moments are asked for.
        var fewer = (experiment with { AfterPerturbations = false }).Run(phi, y, testPhi, testY, seed);
        fewer.ShouldBe([moments[0], moments[1], moments[3], moments[5]]);
    }

    [Fact]
    public void Perturbations_add_their_expected_norm_in_the_null_space_only()
    {
        var (phi, y, testPhi, testY) = Figure4(39);
        var moments = new PerturbedDescent().Run(phi, y, testPhi, testY, seed: 1);
        var last = moments[^1];
        // 41 perturbations of 31 of 40 coordinates, averaged over 29 runs: 6.2775 each, ± .2 or so.
        var perTime = last.NullNormSquared / 41;
        perTime.ShouldBe(31 * .45 * .45, 5 * 31 * .45 * .45 * Math.Sqrt(2.0 / 31 / 29 * 1.5));
        moments.Zip(moments.Skip(1)).Where(p => p.Second.Iteration > 4_920_000 + 120_000)
            .ShouldAllBe(p => Math.Abs(p.Second.NullNormSquared - last.NullNormSquared) < 1e-9);
        // What the data see comes back to the minimum norm.
        Math.Sqrt(last.NormSquared - last.NullNormSquared).ShouldBe(15.9807, 1e-4);
        last.TrainError.ShouldBeLessThan(1e-20);
        moments.Single(m => m.Iteration == 4_920_000).TrainError.ShouldBeInRange(1e-10, 1e-6);
        last.TestError.ShouldBe(1.57, .2);
    }

    [Fact]
    public void The_null_part_is_the_projection()
    {
        var random = new Random(4);
        double[][] phi = [.. Enumerable.Range(0, 3).Select(_ => Problems.Normal(random, 7))];
        var modes = FeatureModes.Of(phi);
        var w = Problems.Normal(random, 7);
        var part = modes.NullPart(w);
        foreach (var row in phi) Vectors.Dot(row, part).ShouldBe(0, 1e-14);
        // Pw = w − Φ⁺(Φw), by the minimum-norm solution of the targets Φw.
        double[] seen = modes.MinimumNorm(Problems.Apply(phi, w));
        part.ShouldBe([.. w.Zip(seen, static (a, b) => a - b)], 1e-13);
        // Infinitely many steps: the minimum norm, and the null part of the start.
        var y = Problems.Normal(random, 3);
        modes.Descend(w, y, modes.LargestStep / 2, 10_000_000);
        w.ShouldBe([.. modes.MinimumNorm(y).Zip(part, static (a, b) => a + b)], 1e-12);
    }

    [Fact]
    public void Ridge_solves_its_normal_equations_and_goes_to_the_minimum_norm()
    {
        var random = new Random(5);
        double[][] phi = [.. Enumerable.Range(0, 4).Select(_ => Problems.Normal(random, 6))];
        var modes = FeatureModes.Of(phi);
        var y = Problems.Normal(random, 4);
        var w = modes.Ridge(y, 0.3);
        // Φᵀ(y − Φw) = λw
        for (var j = 0; j < 6; j++)
            Enumerable.Range(0, 4).Sum(n => phi[n][j] * (y[n] - Vectors.Dot(phi[n], w))).ShouldBe(0.3 * w[j], 1e-13);
        modes.Ridge(y, 1e-13).ShouldBe(modes.MinimumNorm(y), 1e-10);
        modes.Ridge(y, 0).ShouldBe(modes.MinimumNorm(y), 1e-14);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Should.Throw<ArgumentException>(() => FeatureModes.Of([[1, 2], [3]])).Message.ShouldContain("rows with 2, 1 numbers");
        var modes = FeatureModes.Of([[3.0, 4]]);
        modes.LargestStep.ShouldBe(1 / 25.0, 1e-15);
        Should.Throw<ArgumentOutOfRangeException>(() => modes.Descend(new double[2], [1], 0.05, 1)).Message.ShouldContain("0.04");
        Should.Throw<ArgumentException>(() =>
            new PerturbedDescent { Every = 0 }.Run([[1]], [1], [[1]], [1], 0)).Message.ShouldContain("every 0");
    }

    private static (double[][] Phi, double[] Y, double[][] TestPhi, double[] TestY) Figure4(int degree)
    {
        BigFloat[] x = Samples.Chebyshev(9, 100), t = Samples.Even(100, 100);
        return (FeatureModes.Monomials(Samples.ToDouble(x), degree), Samples.ToDouble(Samples.Sine(4, x)),
            FeatureModes.Monomials(Samples.ToDouble(t), degree), Samples.ToDouble(Samples.Sine(4, t)));
    }

    private static void Step(double[][] phi, double[] y, double[] w, double step)
    {
        double[] residuals = [.. phi.Select((row, n) => Vectors.Dot(row, w) - y[n])];
        for (var n = 0; n < y.Length; n++) Vectors.Add(-2 * step / y.Length * residuals[n], phi[n], w);
    }

    private static double MeanSquare(double[][] phi, double[] y, double[] w) =>
        phi.Select((row, n) => Math.Pow(Vectors.Dot(row, w) - y[n], 2)).Average();
}
