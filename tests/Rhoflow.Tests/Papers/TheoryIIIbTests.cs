using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Regression;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>Theory IIIb's regressions: verdicts, and their numbers a second way.</summary>
public sealed class TheoryIIIbTests
{
    [Theory]
    [InlineData("b31-early-stopping-is-regularization", Verdict.Undecided)]
    [InlineData("b47-perturbations-move-the-null-space", Verdict.Holds)]
    [InlineData("b48-minimum-norm-overfits-eventually", Verdict.Care)]
    public void A_claim_comes_to_its_verdict(string id, Verdict expected)
    {
        var outcome = Outcomes.Of(id);
        outcome.Verdict.ShouldBe(expected, outcome.Why);
        outcome.Checks.ShouldAllBe(c => (c.Role != CheckRole.Premise && c.Role != CheckRole.Amended) || c.Passed == true);
    }

    // Noise of its own on Φ⁺y: what remains of it after endless descent is its null part.
    [Fact]
    public void B47_growth_a_perturbation_by_drawing_perturbations()
    {
        BigFloat[] x = Samples.Chebyshev(9, 100), t = Samples.Even(100, 100);
        var modes = FeatureModes.Of(FeatureModes.Monomials(Samples.ToDouble(x), 39));
        double[] y = Samples.ToDouble(Samples.Sine(4, x)), values = Samples.ToDouble(Samples.Sine(4, t));
        var test = FeatureModes.Monomials(Samples.ToDouble(t), 39);
        double Error(double[] w) => test.Zip(values, (row, v) => Math.Pow(Vectors.Dot(row, w) - v, 2)).Average();
        var minimum = modes.MinimumNorm(y);
        var random = new RandomStream(3);
        double norm = 0, error = 0;
        const int Draws = 20_000;
        for (var i = 0; i < Draws; i++)
        {
            var noise = new double[40];
            foreach (ref var v in noise.AsSpan()) v = .45 * random.NextNormal();
            var part = modes.NullPart(noise);
            norm += Vectors.Dot(part, part) / Draws;
            // Both signs: the cross term with the residual cancels.
            error += (Error([.. minimum.Zip(part, (a, b) => a + b)]) + Error([.. minimum.Zip(part, (a, b) => a - b)]) - 2 * Error(minimum))
                / 2 / Draws;
        }
        norm.ShouldBe(6.2775, .06);
        var outcome = Outcomes.Of("b47-perturbations-move-the-null-space");
        outcome.Number("expected growth of the test error over all perturbations").ShouldBe(41 * error, 41 * error * .06);
        outcome.Number("test error of Φ⁺y").ShouldBe(1.57221, 1e-5);
    }

    [Fact]
    public void B48_has_the_reference_numbers()
    {
        var outcome = Outcomes.Of("b48-minimum-norm-overfits-eventually");
        double[] expected = [.47571, 1.0167e-4, 9.885e-13, 4.183e-59, 2.0457e-30, 1.4544e-17, 7.5439e-11, 1.82736e-3];
        var measured = outcome.Numbers("test errors, exact");
        for (var i = 0; i < expected.Length; i++) (measured[i] / expected[i]).ShouldBe(1, 1e-4);
        outcome.Numbers("‖w‖")[3].ShouldBe(1.381e10, 1e7);
    }

    [Fact]
    public void B31_early_in_time_lambda_is_n_over_2t_and_late_both_are_the_minimum_norm()
    {
        var outcome = Outcomes.Of("b31-early-stopping-is-regularization");
        double Distance(string t) => outcome.Number(
            $"least squares, t = {t}: distance of the stopped solution from the nearest regularized one, relative, greatest of five");
        Distance("100").ShouldBeLessThan(1e-4);
        Distance("1").ShouldBeInRange(.03, .2);
        Distance("0.01").ShouldBeLessThan(.05);
    }
}
