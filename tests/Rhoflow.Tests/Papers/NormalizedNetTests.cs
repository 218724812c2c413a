using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Networks;
using Rhoflow.Papers.SquareLoss;
using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What figures 1 and 8–11 of Theory III are computed from, a second way.</summary>
public sealed class NormalizedNetTests
{
    [Fact]
    public void Sixteen_networks_fit_the_same_digits_and_their_correlations_are_covariances_over_deviations()
    {
        var context = new StudyContext();
        var nets = NormalizedNets.OfDigits(context, 0, "data.train=100", "data.test=200",
            "observe.measures=[loss, norms, margins, normalized-loss]");
        nets.Count.ShouldBe(16);
        nets["train_error"].ShouldAllBe(e => e == 0);
        nets["rho"].ShouldBe([.. nets["rho_1"].Zip(nets["rho_2"], (a, b) => a * b)], 1e-9);
        nets["test_ce_gap_rho1"].ShouldBe([.. nets["test_ce_rho1"].Select(l => Math.Log(10) - l)], 1e-12);

        var errors = nets["test_error"];
        var correlations = nets.CorrelationsWithError();
        correlations.Length.ShouldBe(11);
        double[] large = nets["test_ce_rho1048576"];
        correlations[^1].ShouldBe(Covariance(large, errors) / Math.Sqrt(Covariance(large, large) * Covariance(errors, errors)), 1e-12);
        // Where ρ'f̃ is small the loss is ln 10 − ρ'·mean: the same relation with the error at 1 and at 4, of the other sign for what is
        // below ln 10.
        double[] gap = nets["test_ce_gap_rho1"];
        correlations[0].ShouldBe(-Covariance(gap, errors) / Math.Sqrt(Covariance(gap, gap) * Covariance(errors, errors)), 1e-9);
        correlations[1].ShouldBe(correlations[0], .02);

        // The same from the weights that the runs ended with.
        var fine = nets.FineLosses(context);
        foreach (var scale in (double[])[1, 10, 100, 1000])
        {
            var at = NormalizedNets.FineScales.ToList().FindIndex(s => Math.Abs(s / scale - 1) < 1e-12);
            double[] measured = nets[NormalizedNets.Column(scale)];
            for (var i = 0; i < nets.Count; i++) fine[i][at].ShouldBe(measured[i], 1e-5 * measured[i]);
        }
        NormalizedNets.FineScales.Count(static s => s is >= 1 and < 9.99).ShouldBeGreaterThanOrEqualTo(8);
    }

    [Fact]
    public void Threshold_is_the_first_scale_at_which_the_correlation_has_changed()
    {
        LinearRelationVanishes.Threshold([.7, .7, .72, .55, .95, -.3, -.6, -.6, -.6, -.6, -.6]).ShouldBe(256);
        LinearRelationVanishes.Threshold([.7, .7, .7, .7, .7, .7, .7, .7, .7, .7, .6]).ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void Perturbations_of_settled_networks_come_back_or_end_elsewhere()
    {
        // Epochs 0, 10, … 50, fitted from 10 on; perturbed at 0, 10, 20, 30 and 40.
        double[] five = [1, 2, 3, 4, 5], other = [9, 2, 3, 4, 8];
        var control = Run([0, 1, 2, 2, 2, 2], [five, five, five, five, five, five]);
        var perturbed = Run([0, 1, 2, 2, 9, 9], [five, five, five, five, other, other]);
        control.Fitted.ShouldBe(10);
        control.At(20).ShouldBe(2);
        // At 0 nothing is fitted, from 10 to 20 the control itself goes from 1 to 2; then back, away, and back to where it went.
        var outcome = SupportVectorsUnderPerturbation.Of([perturbed], [control], [0, 10, 20, 30, 40, 50]);
        (outcome.Same, outcome.Other).ShouldBe((2, 1));
        outcome.Overlap.ShouldBe((3 + 2 * 3.0 / 7) / 5, 1e-15);
    }

    // Two examples at e₁ and −e₁: of the two units one sees each, or none does.
    [Fact]
    public void SGD_rests_where_no_unit_sees_an_example_and_fits_the_others()
    {
        var data = new Dataset("two", [1, 0, -1, 0], [1, -1], 2);
        var context = new StudyContext();
        var ends = SgdStopsAtInterpolation.Follow(Network.Dense(2, 2, 1), data, [0, 1, 2, 3, 4, 5, 6, 7], 1, 0, 1500, context);
        foreach (var end in ends)
        {
            end.Motion.ShouldBeLessThan(1e-6);
            // A unit is on for one of the two at most, so an example is fitted or not seen: f = 0, |ℓ| = 1.
            Math.Min(end.Misfit, Math.Abs(end.Misfit - 1)).ShouldBeLessThan(1e-5);
            end.Pull.ShouldBeLessThan(1e-5);
        }
        ends.ShouldContain(static e => e.Misfit > .5);
        ends.ShouldContain(static e => e.Misfit < .5);
    }

    [Fact]
    public void Offset_of_the_bound_in_closed_form() =>
        BoundOffsetIsSmall.Offset(1 / Math.Sqrt(500), 500).ShouldBe((1 + Math.Sqrt(2 * Math.Log(20))) / (2 * Math.Sqrt(500)), 1e-15);

    private static SupportVectorRun Run(double[] first, double[][] order) =>
        new([0, 10, 20, 30, 40, 50], first, [0, 1, 1, 1, 1, 1], new double[6], new double[6], [.5, 0, 0, 0, 0, 0], order);

    private static double Covariance(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
    }
}
