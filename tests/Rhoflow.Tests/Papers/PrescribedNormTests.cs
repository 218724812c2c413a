using Rhoflow.Papers.SquareLoss;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>ρ controlled apart from V_k, beside the model of SQ eq. 5, 6.</summary>
public class PrescribedNormTests
{
    // By its own equation it is the model at λ = 0, whose steps another class takes.
    [Theory]
    [InlineData(0, .1)]
    [InlineData(2, 10)]
    public void Its_own_equation_is_the_model(int seed, double rho)
    {
        var (risk, theta) = BatchNormModel.Small(seed);
        var run = new PrescribedNorm(risk, theta).To(PrescribedNorm.Own(rho));
        run.Steps.ShouldBeGreaterThan(100);
        var path = BatchNormModel.ScaledSteps(risk.Copy(), 0, rho, theta, BatchNormModel.SmallSize, run.Steps);
        var end = path[^1];
        end.T.ShouldBe(run.Time, 1e-9 * run.Time);
        end.Rho.ShouldBe(run.Rho, 1e-6 * Math.Abs(run.Rho));
        var margins = run.Margins();
        for (var n = 0; n < margins.Length; n++) margins[n].ShouldBe(end.Outputs[n] * risk.Data.Y[n], 1e-6);
    }

    [Fact]
    public void A_schedule_sets_the_norm_and_the_loss_is_that_of_the_scaled_network()
    {
        foreach (var (control, law) in new (PrescribedNorm.Control, Func<double, double>)[]
            { (PrescribedNorm.Ramp(.25), static t => .1 + t / 4), (PrescribedNorm.Ramp(4), static t => .1 + 4 * t) })
        {
            var (risk, theta) = BatchNormModel.Small(1);
            var run = new PrescribedNorm(risk, theta).To(control);
            run.Rho.ShouldBe(law(run.Time), 1e-12 * run.Rho);
            if (run.Steps == PrescribedNorm.MostSteps) continue;
            run.Margins().Average(m => Math.Pow(run.Rho * m - 1, 2)).ShouldBe(run.Loss, 1e-9);
            run.Loss.ShouldBeLessThanOrEqualTo(PrescribedNorm.Fitted);
        }
    }

    [Fact]
    public void The_error_on_the_training_set_counts_the_negative_margins()
    {
        var (risk, theta) = BatchNormModel.Small(3);
        var run = new PrescribedNorm(risk, theta).To(PrescribedNorm.Own(.1) with { First = .5 });
        run.ErrorOn(risk.Data).ShouldBe(run.Margins().Count(m => m * run.Rho <= 0) / (double)risk.Data.Count);
        // What a start is scaled by does not matter.
        double[] scaled = [.. theta.Select(static w => 3 * w)];
        var again = new PrescribedNorm(risk, scaled).To(PrescribedNorm.Own(.1) with { First = .5 });
        again.Rho.ShouldBe(run.Rho, 1e-6 * Math.Abs(run.Rho));
    }
}
