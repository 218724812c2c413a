using static Rhoflow.Papers.Equations.EquationResiduals;
using static Rhoflow.Papers.Equations.TinyNetwork;

namespace Rhoflow.Papers.Equations;

/// <summary>Trials of linear systems and of conjugacy (Theory IIIb §10, §12.3.2).</summary>
internal static class ConjugacyTrials
{
    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, EquationTrial> All { get; } = new Dictionary<string, EquationTrial>(StringComparer.Ordinal)
    {
        ["T3b.9"] = LinearSystem,
        ["T3b.9a"] = RotatedSystem,
        ["T3b.9b"] = ConjugateSystems,
        ["T3b.10"] = ChangedCoordinates,
        ["T3b.11"] = LinearizedFlow,
        ["T3b.47"] = Conjugacy,
    };

    // ẋ = Ax by Runge and Kutta's fourth order, against the series of e^{At}.
    private static (double[] Truth, double[] Printed, double[] Corrected) LinearSystem(Random random)
    {
        const int steps = 400;
        double[] a = Draw(random, 4), x = Draw(random, 2), term = [.. x], sum = [.. x];
        double[] Apply(double[] u) => [a[0] * u[0] + a[1] * u[1], a[2] * u[0] + a[3] * u[1]];
        for (var k = 1; k < 40; k++) sum = Plus(sum, term = Times(1.0 / k, Apply(term)));
        for (var i = 0; i < steps; i++)
        {
            const double h = 1.0 / steps;
            double[] k1 = Apply(x), k2 = Apply(Plus(x, Times(h / 2, k1))), k3 = Apply(Plus(x, Times(h / 2, k2)));
            var k4 = Apply(Plus(x, Times(h, k3)));
            x = Plus(x, Times(h / 6, Plus(Plus(k1, k4), Times(2, Plus(k2, k3)))));
        }
        return Right(x, sum);
    }

    // h(φ_t(x)) = ψ_t(h(x)) for eigenvalues μ and ν of one sign.
    private static (double[] Truth, double[] Printed, double[] Corrected) Conjugacy(Random random)
    {
        double mu = -0.2 - random.NextDouble(), nu = -0.2 - random.NextDouble(), t = 2 * random.NextDouble();
        var x = Draw(random, 3);
        double Map(double u) => Math.Sign(u) * Math.Pow(Math.Abs(u), nu / mu);
        return Right([.. x.Select(u => Math.Exp(nu * t) * Map(u))], [.. x.Select(u => Map(Math.Exp(mu * t) * u))]);
    }

    // y = h(x) = (x_1 + ⅓x_2³, x_2), moved along any field: y' by differences, and by the derivative of h at h⁻¹(y).
    private static (double[] Truth, double[] Printed, double[] Corrected) ChangedCoordinates(Random random)
    {
        double[] a = Draw(random, 4), x = Draw(random, 2);
        double[] Field(double[] u) => [a[0] * u[0] + a[1] * u[1] * u[1], a[2] * u[0] * u[1] + a[3]];
        static double[] Map(double[] u) => [u[0] + u[1] * u[1] * u[1] / 3, u[1]];
        var y = Map(x);
        double[] back = [y[0] - y[1] * y[1] * y[1] / 3, y[1]], field = Field(back);
        return Right(Along(Map, x, Field(x)), [field[0] + back[1] * back[1] * field[1], field[1]]);
    }

    // A field that vanishes at 0, near it: its velocities at two points differ by D F u.
    private static (double[] Truth, double[] Printed, double[] Corrected) LinearizedFlow(Random random)
    {
        double[] a = Draw(random, 4), u = Draw(random, 2);
        double[] Field(double[] x) => [Math.Sin(a[0] * x[0]) + a[1] * x[1] * x[1], a[2] * x[0] * x[1] + Math.Exp(a[3] * x[1]) - 1];
        return Right(Along(Field, [0, 0], u), [a[0] * u[0], a[3] * u[1]]);
    }

    // Qᵀ(Ax) and Λ(Qᵀx), Q the rotation that makes A diagonal.
    private static (double[] Truth, double[] Printed, double[] Corrected) RotatedSystem(Random random)
    {
        double[] a = Draw(random, 3), x = Draw(random, 2);
        double angle = Math.Atan2(2 * a[1], a[0] - a[2]) / 2, cos = Math.Cos(angle), sin = Math.Sin(angle);
        double[] Turned(double[] u) => [cos * u[0] + sin * u[1], cos * u[1] - sin * u[0]];
        double middle = (a[0] + a[2]) / 2, half = Math.Sqrt(Math.Pow((a[0] - a[2]) / 2, 2) + a[1] * a[1]);
        var turned = Turned(x);
        return Right(Turned([a[0] * x[0] + a[1] * x[1], a[1] * x[0] + a[2] * x[1]]),
            [(middle + half) * turned[0], (middle - half) * turned[1]]);
    }

    // y = Hx under x' = H⁻¹BHx: y' = By.
    private static (double[] Truth, double[] Printed, double[] Corrected) ConjugateSystems(Random random)
    {
        double[] b = Draw(random, 4), h = Plus([3, 0, 0, 3], Draw(random, 4)), x = Draw(random, 2);
        static double[] Product(double[] p, double[] q) =>
            [p[0] * q[0] + p[1] * q[2], p[0] * q[1] + p[1] * q[3], p[2] * q[0] + p[3] * q[2], p[2] * q[1] + p[3] * q[3]];
        static double[] Apply(double[] p, double[] u) => [p[0] * u[0] + p[1] * u[1], p[2] * u[0] + p[3] * u[1]];
        var inverse = Times(1 / (h[0] * h[3] - h[1] * h[2]), [h[3], -h[1], -h[2], h[0]]);
        var velocity = Apply(Product(Product(inverse, b), h), x);
        return Right(Along(u => Apply(h, u), x, velocity), Apply(b, Apply(h, x)));
    }
}
