using Rhoflow.Papers.Equations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers.Equations;

/// <summary>Corrected equations agree with differences of the loss on freshly drawn instances; their printed forms do not.</summary>
public class EquationResidualTests
{
    [Fact]
    public void Corrected_forms_hold_and_printed_forms_do_not()
    {
        var random = new Random();
        foreach (var id in EquationResiduals.Tried)
        {
            var equation = EquationTable.Find(id)!;
            equation.Corrected.ShouldNotBeNull(id);
            for (var trial = 0; trial < 20; trial++)
            {
                var seed = random.Next();
                var residual = EquationTable.ResidualOf(equation, seed)!.Value;
                residual.Corrected.ShouldBeLessThan(1e-7, $"{id}, seed {seed}");
                residual.Printed.ShouldBeGreaterThan(1e-6, $"{id}, seed {seed}");
            }
        }
        EquationResiduals.Tried.Count.ShouldBeGreaterThanOrEqualTo(30);
    }

    [Fact]
    public void What_is_not_tried_has_none()
    {
        EquationTable.ResidualOf(EquationTable.Find("T3.22")!).ShouldBeNull();
        EquationTable.ResidualOf(EquationTable.Find("T3.65")!)!.Value.Printed.ShouldBe(2, 1e-6);      // K² for K at K = 3
    }
}
