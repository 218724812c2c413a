using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Numbers of the claims against those of the first reading, made by other programs.</summary>
public class ClaimNumberTests
{
    [Fact]
    public void B13_margins_on_the_sphere()
    {
        var outcome = Outcomes.Of("b13-fixed-rho-reaches-the-maximum-margin");
        double[] expected = [.6522, .6984, .7359, .7416, .7426], measured = outcome.Numbers("η(v*(ρ))");
        for (var i = 0; i < expected.Length; i++) measured[i].ShouldBe(expected[i], 6e-5);
        outcome.Number("η*").ShouldBe(.743137, 5e-7);
        outcome.Number("ρ‖v*(ρ) − v_svm‖ at ρ = 1e6").ShouldBe(1.73628, 1e-4);
    }

    // The reference starts elsewhere, which the first two instants still show in the fifth digit.
    [Fact]
    public void B14_hard_and_smoothed_margin_of_the_three_examples()
    {
        var outcome = Outcomes.Of("b14-margin-is-monotone");
        double[] hard = [1.07877, 1.08233, 1.07572, 1.07542, 1.08343], smooth = [.97716, 1.00566, 1.04814, 1.05588, 1.08180];
        double[] tolerance = [1e-4, 2e-5, 6e-6, 6e-6, 6e-6];
        var measured = outcome.Numbers("hard margin at t = 1e3, 1e4, 1e8, 1e10, 1e100");
        var smoothed = outcome.Numbers("smoothed margin −log L/ρ at the same times");
        for (var i = 0; i < 5; i++)
        {
            measured[i].ShouldBe(hard[i], tolerance[i]);
            smoothed[i].ShouldBe(smooth[i], 2e-5);
        }
    }

    [Fact]
    public void B15_support_vectors_of_iris()
    {
        var outcome = Outcomes.Of("b15-one-support-vector-at-the-limit");
        outcome.Numbers("support vectors (counted from 0)").ShouldBe([24, 41, 98]);
        double[] expected = [6.14, 5.17, 6.47], measured = outcome.Numbers("‖H_n‖ of the support vectors");
        for (var i = 0; i < 3; i++) measured[i].ShouldBe(expected[i], .005);
    }

    [Fact]
    public void B18_diagonal_nets_end_on_each_of_the_coordinates()
    {
        var outcome = Outcomes.Of("b18-limit-independent-of-the-start");
        foreach (var x in new[] { "0.9", "0.5", "0.3" })
            outcome.Number($"diagonal nets: starts that end within 0.02 of the margin {x}").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void B19_zero_eigenvalues_are_the_rotations()
    {
        var outcome = Outcomes.Of("b19-stationary-points-are-hyperbolic");
        foreach (var hidden in new[] { 1, 2, 3, 5 })
            outcome.Number($"two linear layers, H = {hidden}: zero eigenvalues (most of five starts)").ShouldBe(hidden - 1);
    }

    // The reference net had 6, 79 (34 negative) and for the deep linear one 46 (21 negative).
    [Fact]
    public void B21_and_B22_spectra()
    {
        var outcome = Outcomes.Of("b21-square-loss-hessian-has-n-eigenvalues");
        outcome.Numbers("nonzero eigenvalues, five seeds: square").ShouldAllBe(n => n == 6);
        outcome.Numbers("nonzero eigenvalues, five seeds: exponential").ShouldAllBe(n => n >= 50 && n <= 100);
        outcome.Numbers("nonzero eigenvalues, five seeds: deep linear, exponential").ShouldAllBe(n => n == 46);
        outcome.Numbers("negative eigenvalues, five seeds: exponential").ShouldAllBe(n => n >= 15 && n <= 45);
        Outcomes.Of("b22-takeuchi-zero-eigenvalue").Numbers("zero eigenvalues of 178, by seed").ShouldAllBe(n => n == 172);
    }

    [Fact]
    public void B25_share_of_violations() =>
        Outcomes.Of("b25-gradient-against-the-separator").Numbers("share of draws with ⟨W*, ∇L(W)⟩ ≥ 0, exponential, by seed")
            .ShouldAllBe(s => s > .3 && s < .45);

    [Fact]
    public void B26_equilibria_of_one_weight()
    {
        var outcome = Outcomes.Of("b26-misclassification-regularizes");
        outcome.Number("w at rest, x1 = 0.5, x2 = 1.2").ShouldBe(Math.Log(2.4) / 1.7, 1e-12);
        outcome.Number("w at rest, x1 = 2, x2 = 0.7").ShouldBe(Math.Log(.35) / 2.7, 1e-12);
    }

    [Fact]
    public void B27_median_condition_numbers()
    {
        var outcome = Outcomes.Of("b27-condition-number-worst-at-square");
        double[] expected = [1.75, 2.41, 4.69, 10.7, 44.5, 114.9, 47.7, 14.2, 5.13, 2.79, 2.00], measured =
            outcome.Numbers("median condition number");
        for (var i = 0; i < expected.Length; i++) (measured[i] / expected[i]).ShouldBe(1, expected[i] > 40 ? .3 : .05);
    }

    [Fact]
    public void B30_regularization_path()
    {
        double[] expected = [.0939, .0087, .0269, .0335];
        var measured = Outcomes.Of("b30-regularization-path-reaches-the-margin")
            .Numbers("distance from the SVM at λ = 1e-1, 1e-3, 1e-6, 1e-9");
        for (var i = 0; i < 4; i++) measured[i].ShouldBe(expected[i], 5e-5);
    }

    [Fact]
    public void B33_overshoot_of_one_example()
    {
        var outcome = Outcomes.Of("b33-norm-grows-monotonically");
        outcome.Number("one example, one layer: greatest ρ").ShouldBe(1.134765, 2e-6);
        outcome.Number("one example, one layer: last ρ").ShouldBe(1 / 1.01, 1e-9);
        // Two layers that see one example rest at f = 1 as well.
        outcome.Numbers("one example, two layers: greatest and last ρ")[1].ShouldBe(1 / 1.01, 1e-9);
    }

    [Fact]
    public void B34_critical_points_below_one()
    {
        var outcome = Outcomes.Of("b34-critical-norm-at-least-one");
        outcome.Number("ρ at rest, f = 1 four times, λ = 1").ShouldBe(.8, 1e-9);
        // The least squares line through +1, −1, +1 at cos δ, 1, cos δ.
        outcome.Number("any critical point (appendix B), where the flow of 2-1-1 rests: least ρ at a critical point")
            .ShouldBe((2 * Math.Cos(.3) - 1) / (1 + 2 * Math.Cos(.3) * Math.Cos(.3)), 1e-8);
    }

    [Fact]
    public void B33_overshoot_without_decay() =>
        // By the midpoint rule in ρ and the angle of the one unit.
        Outcomes.Of("b33-norm-grows-monotonically").Numbers("two inputs, 2-1-1, λ = 0: greatest ρ, and t, loss and ‖V̇‖ there")[0]
            .ShouldBe(B33Peak(), 1e-4);

    private static double B33Peak()
    {
        double rho = .001, angle = .05, peak = 0;
        const double h = 1e-3;
        (double, double) Velocity(double r, double a)
        {
            double dr = 0, da = 0;
            foreach (var x in (double[])[1.2, 1.05])
            {
                var miss = r * Math.Cos(a - x) - 1;
                dr -= 2 * miss * Math.Cos(a - x);
                da += 2 * r * miss * Math.Sin(a - x);
            }
            return (dr, da);
        }
        for (var i = 0; i < 20_000; i++)
        {
            var (r1, a1) = Velocity(rho, angle);
            var (r2, a2) = Velocity(rho + h / 2 * r1, angle + h / 2 * a1);
            rho += h * r2;
            angle += h * a2;
            peak = Math.Max(peak, rho);
        }
        return peak;
    }

    // The reference counted 122, 55 and 23 of 200; its residual is the largest entry.
    [Fact]
    public void B41_one_hot_limits()
    {
        var outcome = Outcomes.Of("b41-diagonal-network-equilibria");
        outcome.Number("largest entry of V f̂ − ∂f̂/∂V at V = x̂/f̂").ShouldBe(.17, .005);
        var counts = Enumerable.Range(0, 5).Select(s => outcome.Numbers($"runs that end on coordinate .9, .5, .3, seed {s}")).ToArray();
        counts.Average(c => c[0]).ShouldBe(122, 15);
        counts.Average(c => c[1]).ShouldBe(55, 12);
        counts.Average(c => c[2]).ShouldBe(23, 9);
    }

    [Fact]
    public void B52_angle_between_the_norms()
    {
        var outcome = Outcomes.Of("b52-batch-normalization-is-weight-normalization");
        outcome.Number("Iris: angle between the limits, degrees").ShouldBe(28.76, .005);
        outcome.Number("L2 margin of the batch-normalized limit").ShouldBe(.6399, 5e-5);
        outcome.Number("L2 margin of the SVM").ShouldBe(.7431, 5e-5);
    }
}
