using Rhoflow.Lab.Report;
using Rhoflow.Papers.Equations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers.Equations;

/// <summary>
/// Equations agree with differences on freshly drawn instances; where the print is wrong, its correction does and the print does not.
/// </summary>
public class EquationResidualTests
{
    [Fact]
    public void Forms_that_are_right_hold_and_those_that_are_wrong_do_not()
    {
        var random = new Random();
        foreach (var id in EquationResiduals.Tried)
        {
            var equation = EquationTable.Find(id).ShouldNotBeNull(id);
            for (var trial = 0; trial < 8; trial++)
            {
                var seed = random.Next();
                var residual = EquationTable.ResidualOf(equation, seed)!.Value;
                // Of an approximation the order of the error, extrapolated.
                residual.Corrected.ShouldBeLessThan(equation.Kind == EquationKind.Approximation ? 1e-2 : 1e-7, $"{id}, seed {seed}");
                if (equation.Corrected is null) residual.Printed.ShouldBe(residual.Corrected, id);
                else residual.Printed.ShouldBeGreaterThan(1e-6, $"{id}, seed {seed}");
            }
        }
    }

    [Fact]
    public void The_order_of_an_error_is_found()
    {
        var scale = 0.5 + new Random().NextDouble();
        ApproximationOrder.Of(s => scale * (Math.Exp(s) - 1), 0.02).ShouldBe(1, 1e-6);
        ApproximationOrder.Of(s => scale * (Math.Exp(s) - 1 - s), 0.05).ShouldBe(2, 1e-6);
        ApproximationOrder.Of(s => Math.Sin(s) - s, 0.1).ShouldBe(3, 1e-6);
    }

    [Fact]
    public void Forms_without_a_value_have_no_finite_residual()
    {
        foreach (var id in (string[])["SQ.11", "SQ.52", "SQ.54a", "T3b.48"])
        {
            var residual = EquationTable.ResidualOf(EquationTable.Find(id)!)!.Value;
            residual.Printed.ShouldBe(double.PositiveInfinity, id);
            residual.Corrected.ShouldBeLessThan(1e-7, id);
        }
    }

    [Fact]
    public void What_is_not_tried_has_a_reason()
    {
        foreach (var equation in EquationTable.All)
        {
            var (residual, why) = (EquationTable.ResidualOf(equation), EquationTable.WhyNotTried(equation));
            (residual is null).ShouldBe(why is not null, equation.Id);
            // A form that is wrong is shown to be wrong, or it says why that cannot be.
            if (EquationTable.StandingOf(equation) is EquationStanding.CorrectedByReading) NotTried.Ids.ShouldContain(equation.Id);
        }
        NotTried.Ids.ShouldAllBe(static id => EquationTable.Find(id) != null && !EquationResiduals.Tried.Contains(id));
        EquationTable.ResidualOf(EquationTable.Find("T3.65")!)!.Value.Printed.ShouldBe(2, 1e-6);      // K² for K at K = 3
    }
}
