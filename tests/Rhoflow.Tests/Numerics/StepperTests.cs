using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

/// <summary>Both kinds of integrators on problems whose solutions are known in closed form or to published digits.</summary>
public class StepperTests
{
    public static TheoryData<string> All => ["dormand-prince", "dop853", "radau"];

    private static IStepper New(string name, VectorField field, double s, double[] y, Tolerance tolerance, double step = 0) => name switch
    {
        "radau" => new RadauStepper(field, s, y, tolerance, step),
        "dop853" => new ExplicitStepper(ButcherTableau.DormandPrince853, field, s, y, tolerance, step),
        _ => new ExplicitStepper(ButcherTableau.DormandPrince54, field, s, y, tolerance, step),
    };

    // Nonlinear, non-autonomous: y₁ = e^{sin s²}, y₂ = 1/(1 + s)
    private static void Field(double s, ReadOnlySpan<double> y, Span<double> dy)
    {
        dy[0] = 2 * s * Math.Cos(s * s) * y[0] + (y[1] - 1 / (1 + s));
        dy[1] = -y[1] * y[1] + 0.1 * (Math.Log(y[0]) - Math.Sin(s * s));
    }

    private static double[] Exact(double s) => [Math.Exp(Math.Sin(s * s)), 1 / (1 + s)];

    // y₁' = −y₁², y₂' = y₁ y₂: y₁ = 1/(1+s), y₂ = 1 + s
    private static void Autonomous(double s, ReadOnlySpan<double> y, Span<double> dy)
    {
        dy[0] = -y[0] * y[0];
        dy[1] = y[0] * y[1];
    }

    // Round the unit circle, at a speed that depends on the radius
    private static void Rotation(double s, ReadOnlySpan<double> y, Span<double> dy)
    {
        var speed = y[0] * y[0] + y[1] * y[1];
        (dy[0], dy[1]) = (speed * y[1], -speed * y[0]);
    }

    // The largest error at the end and inside the steps, with equal steps: the tolerance is far too loose to interfere.
    private static (double End, double Inside) FixedStep(string name, VectorField field, Func<double, double[]> exact, double end,
        int steps)
    {
        var stepper = New(name, field, 0, exact(0), new Tolerance(1, 1), end / steps);
        if (stepper is RadauStepper radau) radau.NewtonTolerance = 1e-13;
        var inside = 0.0;
        var y = new double[2];
        for (var i = 1; i <= steps; i++)
        {
            stepper.Step(end * i / steps).ShouldBe(StepResult.Accepted);
            stepper.S.ShouldBe(end * i / steps);
            foreach (var theta in (double[])[0.15, 0.4, 0.73])
            {
                var s = stepper.PreviousS + theta * (stepper.S - stepper.PreviousS);
                stepper.Interpolate(s, y);
                inside = Math.Max(inside, Vectors.Distance(y, exact(s)));
            }
        }
        return (Vectors.Distance(stepper.Y, exact(end)), inside);
    }

    [Theory]
    [InlineData("dormand-prince", 5, 4, 40, 1.5)]
    [InlineData("dop853", 8, 7, 12, 1.5)]
    [InlineData("radau", 5, 3, 10, 1.0)]
    public void The_observed_order_is_the_method_s(string name, int order, int denseOrder, int steps, double end)
    {
        foreach (var (field, exact, to) in (IEnumerable<(VectorField, Func<double, double[]>, double)>)
            [(Field, Exact, end), (Rotation, s => [Math.Sin(s), Math.Cos(s)], order == 8 ? 3 * end : end)])
        {
            var coarse = FixedStep(name, field, exact, to, steps);
            var fine = FixedStep(name, field, exact, to, 2 * steps);
            Math.Log2(coarse.End / fine.End).ShouldBeInRange(order - 0.6, order + 1.2, $"{coarse} → {fine}");
            // A global error of order p inside the steps: a dense output whose own error is O(h^{q+1})
            Math.Log2(coarse.Inside / fine.Inside).ShouldBeInRange(Math.Min(order, denseOrder + 1) - 0.7, order + 1.3);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_global_error_follows_the_tolerance(string name)
    {
        double Error(double tolerance)
        {
            var stepper = New(name, Field, 0, Exact(0), new Tolerance(tolerance, tolerance));
            var worst = 0.0;
            while (stepper.S < 4)
            {
                stepper.Step(4).ShouldBe(StepResult.Accepted);
                worst = Math.Max(worst, Vectors.Distance(stepper.Y, Exact(stepper.S)));
            }
            return worst;
        }
        double[] tolerances = [1e-5, 1e-7, 1e-9, 1e-11];
        foreach (var tolerance in tolerances)
            Error(tolerance).ShouldBeLessThan(300 * tolerance, $"{name} at {tolerance}");
        Error(1e-11).ShouldBeLessThan(1e-3 * Error(1e-5));
    }

    [Theory]
    [InlineData("dormand-prince")]
    [InlineData("dop853")]
    public void Stiffness_is_noticed_where_it_is_and_nowhere_else(string name)
    {
        // Prothero–Robinson: y' = −λ(y − cos s) − sin s
        foreach (var (lambda, expected) in ((double, bool)[])[(1, false), (1e5, true)])
        {
            var stepper = New(name, (s, y, dy) => dy[0] = -lambda * (y[0] - Math.Cos(s)) - Math.Sin(s), 0, [1], new Tolerance(1e-6, 1e-8));
            while (stepper.S < 2 && !stepper.IsStiff) stepper.Step(2).ShouldBe(StepResult.Accepted);
            stepper.IsStiff.ShouldBe(expected, $"{name}, λ = {lambda}");
        }
        var smooth = New(name, Field, 0, Exact(0), new Tolerance());
        while (smooth.S < 4)
        {
            smooth.Step(4);
            smooth.IsStiff.ShouldBeFalse();
        }
    }

    // Hairer and Wanner II, IV.10: reference solutions of the test problems, to all digits given here
    [Theory]
    [InlineData(1e-8, 2e-5)]
    [InlineData(1e-11, 1e-6)]
    public void Radau_follows_the_van_der_pol_oscillator(double tolerance, double error)
    {
        var stepper = New("radau", (s, y, dy) =>
            (dy[0], dy[1]) = (y[1], ((1 - y[0] * y[0]) * y[1] - y[0]) / 1e-6), 0, [2, -0.66], new Tolerance(tolerance, tolerance));
        while (stepper.S < 2) stepper.Step(2).ShouldBe(StepResult.Accepted);
        stepper.Y[0].ShouldBe(1.706167732170483, error);
        stepper.Y[1].ShouldBe(-0.8928097010247975, error);
        stepper.Evaluations.ShouldBeLessThan(200_000);
    }

    [Fact]
    public void Radau_follows_robertson_s_reactions_to_their_end()
    {
        var stepper = New("radau", (s, y, dy) =>
        {
            dy[0] = -0.04 * y[0] + 1e4 * y[1] * y[2];
            dy[2] = 3e7 * y[1] * y[1];
            dy[1] = -dy[0] - dy[2];
        }, 0, [1, 0, 0], new Tolerance(1e-10, 1e-18));
        foreach (var (at, expected) in ((double, double[])[])
            [(40, [0.7158270687194135, 9.185534764557338e-6, 0.2841637457458218]),
                (1e11, [0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050])])
        {
            while (stepper.S < at) stepper.Step(at).ShouldBe(StepResult.Accepted);
            for (var i = 0; i < 3; i++) stepper.Y[i].ShouldBe(expected[i], 2e-7 * expected[i]);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_restored_integrator_takes_the_same_steps_bit_for_bit(string name)
    {
        void Field3(double s, ReadOnlySpan<double> y, Span<double> dy)
        {
            dy[0] = y[1];
            dy[1] = 20 * (1 - y[0] * y[0]) * y[1] - y[0] + Math.Sin(s) * y[2];
            dy[2] = -y[2] * y[0] * y[0];
        }
        var original = New(name, Field3, 0, [2, 0, 1], new Tolerance(1e-7, 1e-9));
        var steps = 0;
        while (original.S < 12 && steps++ < 2000)
        {
            var copy = New(name, Field3, 0, [1, 1, 1], new Tolerance(1e-7, 1e-9));
            copy.Restore(original.Save());
            copy.Y.ToArray().ShouldBe(original.Y.ToArray());
            original.Step(12).ShouldBe(StepResult.Accepted);
            copy.Step(12).ShouldBe(StepResult.Accepted);
            copy.S.ShouldBe(original.S);
            copy.Y.ToArray().ShouldBe(original.Y.ToArray());
            copy.Evaluations.ShouldBe(original.Evaluations);
            double[] a = new double[3], b = new double[3];
            original.Interpolate((original.S + original.PreviousS) / 2, a);
            copy.Interpolate((original.S + original.PreviousS) / 2, b);
            b.ShouldBe(a);
        }
        original.S.ShouldBe(12);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void After_a_restart_it_goes_on_from_the_new_state(string name)
    {
        var stepper = New(name, Autonomous, 0, [1, 1], new Tolerance());
        for (var i = 0; i < 3; i++) stepper.Step(10);
        stepper.Restart(5, [0.5, 3]);
        stepper.S.ShouldBe(5);
        stepper.Y.ToArray().ShouldBe([0.5, 3]);
        var y = new double[2];
        stepper.Interpolate(5, y);
        y.ShouldBe([0.5, 3]);
        while (stepper.S < 10) stepper.Step(10).ShouldBe(StepResult.Accepted);
        stepper.Y[0].ShouldBe(1 / 7.0, 1e-9);                       // 1/(2 + 5)
        stepper.Y[1].ShouldBe(10.5, 1e-8);                          // 3 (1 + 5/2)
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Steps_end_exactly_at_the_limit_and_regain_their_length_after_it(string name)
    {
        var stepper = New(name, Autonomous, 0, [1, 1], new Tolerance(1e-8, 1e-10));
        var free = New(name, Autonomous, 0, [1, 1], new Tolerance(1e-8, 1e-10));
        int steps = 0, freeSteps = 0;
        while (free.S < 1000) { free.Step(1000); freeSteps++; }
        for (var k = 1; k <= 10; k++)
        {
            foreach (var limit in (double[])[100 * k - 1e-9, 100 * k])
                while (stepper.S < limit) { stepper.Step(limit).ShouldBe(StepResult.Accepted); steps++; }
            stepper.S.ShouldBe(100.0 * k);
        }
        stepper.Y[1].ShouldBe(1001, 1e-4);
        steps.ShouldBeLessThanOrEqualTo(freeSteps + 60);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_blow_up_and_a_broken_field_are_told_apart(string name)
    {
        var blowUp = New(name, (s, y, dy) => dy[0] = y[0] * y[0], 0, [1], new Tolerance());
        var result = StepResult.Accepted;
        for (var i = 0; i < 100_000 && result == StepResult.Accepted; i++) result = blowUp.Step(2);
        result.ShouldBe(StepResult.TooSmall);
        blowUp.S.ShouldBe(1, 1e-6);
        New(name, (s, y, dy) => dy[0] = double.NaN, 0, [1], new Tolerance()).Step(1).ShouldBe(StepResult.NotFinite);
        New(name, (s, y, dy) => dy[0] = y[0], 1, [1], new Tolerance()).Step(1).ShouldBe(StepResult.TooSmall);
    }

    [Fact]
    public void A_field_at_rest_and_one_of_a_single_number_are_no_trouble()
    {
        foreach (var name in (string[])["dormand-prince", "dop853", "radau"])
        {
            var rest = New(name, (s, y, dy) => dy.Clear(), 0, [1, 0], new Tolerance());
            while (rest.S < 1e6) rest.Step(1e6).ShouldBe(StepResult.Accepted);
            rest.Y.ToArray().ShouldBe([1, 0]);
        }
    }
}
