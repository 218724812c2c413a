using MathNet.Numerics.Integration;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;
using Rhoflow.Papers.TheoryIIIb;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Claims about what training, noise and early stopping lead to: their verdicts, and what they rest on a second way.</summary>
public sealed class TrainingClaimTests
{
    [Theory]
    [InlineData("b20-weight-decay-restores-hyperbolicity", Verdict.Fails)]
    [InlineData("b46-langevin-prefers-wide-minima", Verdict.Holds)]
    [InlineData("b59-short-descent-generalizes", Verdict.Holds)]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(c => c.Role == CheckRole.Printed || c.Passed == true, outcome.Why);
    }

    [Fact]
    public void B46_shares_by_another_quadrature()
    {
        LangevinPrefersWideMinima.WideShare(0, 1).ShouldBe(.5, 1e-12);
        foreach (var (dimension, temperature) in ((int, double)[])[(1, 1), (4, 1), (8, 1), (2, .05), (3, .4)])
        {
            double Density(double x) => Math.Exp(-Math.Pow(x * x - 1, 2) / temperature + dimension * x / 2.0);
            var wide = GaussLegendreRule.Integrate(Density, 0, 6, 200);
            var narrow = GaussLegendreRule.Integrate(Density, -4, 0, 200);
            LangevinPrefersWideMinima.WideShare(dimension, temperature).ShouldBe(wide / (wide + narrow), 1e-9);
        }
    }

    // f = b·a with a, b in ℝ^H on one example x = 1 and the square loss: at its minimum |a|² = |b|² = 1 − λ, and the Hessian is known in
    // closed form.
    [Fact]
    public void B20_zero_eigenvalues_in_closed_form()
    {
        const double lambda = .05;
        foreach (var hidden in (int[])[1, 2, 4])
        {
            // a = b = s e_1 with s² = 1 − λ; L = (a·b − 1)² + λ(|a|² + |b|²): blocks of the first unit and of the others.
            var s2 = 1 - lambda;
            var residual = s2 - 1;
            double same = 2 * s2 + 2 * lambda, across = 2 * s2 + 2 * residual;
            double[] own = [same + across, same - across];
            double[] others = [2 * lambda + 2 * residual, 2 * lambda - 2 * residual];
            (own.Count(static v => Math.Abs(v) < 1e-12) + (hidden - 1) * others.Count(static v => Math.Abs(v) < 1e-12))
                .ShouldBe(hidden - 1);
        }
        double[] zeros = [.. ((int[])[1, 2, 4, 8]).Select(h => Outcomes.Of("b20-weight-decay-restores-hyperbolicity")
            .Number($"zero eigenvalues, H = {h} (most over losses, λ, seeds)"))];
        zeros.ShouldBe([0.0, 1, 3, 7]);
    }

    [Fact]
    public void Sweeps_are_read_in_their_order()
    {
        GeneralizationSweeps.FullWidths().Select(static e => e.Network!.Build(new Rhoflow.Numerics.TensorShape(32, 32, 3)).ParameterCount)
            .ShouldBe([482, 1180, 3224, 9904, 33632, 122560, 466304]);
        var full = GeneralizationSweeps.FullExamples();
        full.Count.ShouldBe(14);
        full.Select(static e => e.Data!.Train!.Value)
            .ShouldBe([500, 500, 1000, 1000, 2000, 2000, 5000, 5000, 10000, 10000, 20000, 20000, 50000, 50000]);
        full.Select(static e => e.Data!.RandomLabels).ShouldBe([.. Enumerable.Range(0, 14).Select(static i => i % 2 == 1)]);
        PerturbedTraining.Epochs().ShouldBe([300, 400, 500, 600, 700, 800, 900, 1000]);
        PerturbedTraining.Epochs(full: true).ShouldBe([.. Enumerable.Range(6, 9).Select(static i => 100 * i)]);
        PerturbedTraining.FullRuns().Cast<DescentExperiment>().Select(static e => (e.Seed, e.Descent.Perturbation!.Amplitude))
            .ShouldBe([(0, .25), (1, .25), (2, .25), (0, 0), (1, 0), (2, 0)]);
    }

    // Two arms in closed form: both drift by 0.001 per epoch, the perturbed one steps by 0.1 after epoch 20 and by 0.2 after epoch 40.
    [Fact]
    public void B77_changes_are_those_of_the_perturbations_alone()
    {
        double[] epochs = [0, 10, 20, 30, 40, 50];
        var control = new Columns { ["epoch"] = epochs, ["v"] = [.. epochs.Select(static e => .001 * e)] };
        var perturbed = new Columns
        {
            ["epoch"] = epochs,
            ["v"] = [.. epochs.Select(static e => .001 * e + (e > 20 ? .1 : 0) + (e > 40 ? .2 : 0))]
        };
        var pair = new PerturbedTraining.Pair([perturbed], [control]);
        var jumps = pair.Jumps("v", [20, 40], 10).Single();
        jumps.Zip([.1, .2], static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-12);
        pair.AtTheEnd("v").Median.ShouldBe(.3, 1e-12);
        PerturbedTraining.Before(perturbed, "v", [20, 40]).Zip([.02, .14], static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-12);
        Should.Throw<ArgumentException>(() => PerturbedTraining.Before(perturbed, "v", [25]));
    }

    // The law of the norm, by drawing the weights of the quick network and the noise.
    [Fact]
    public void B77_law_of_the_norm_by_sampling()
    {
        int[] sizes = [72, 1152, 640];
        var random = new RandomStream(77, stream: 0);
        const int draws = 400;
        var mean = 0.0;
        for (var draw = 0; draw < draws; draw++)
            foreach (var size in sizes)
            {
                double before = 0, after = 0;
                for (var i = 0; i < size; i++)
                {
                    var (w, noise) = (random.NextNormal(), .25 * random.NextNormal());
                    (before, after) = (before + w * w, after + (w + noise) * (w + noise));
                }
                mean += .5 * Math.Log10(after / before) / draws;
            }
        PerturbedTraining.NormJump().ShouldBe(mean, .003);
        // Five layers instead of three.
        PerturbedTraining.NormJump(full: true).ShouldBe(mean * 5 / 3, .005);
    }

    private sealed class Columns : Dictionary<string, double[]>, IObservations
    {
        public double Last(string column) => this[column][^1];
    }
}
