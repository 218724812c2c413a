using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>The polynomial regressions of Theory IIIb's figure 4: 9 Chebyshev nodes of sin(2π·4x), 100 equally spaced test points.</summary>
internal static class PerturbedPolynomials
{
    /// <summary>Runs that the paper averages.</summary>
    public const int Repeats = 29;

    /// <summary>In words, for claims.</summary>
    public const string Words = "w·(1, x, …, x³⁹) on 9 Chebyshev nodes of sin(2π·4x), 100 equally spaced test points; gradient descent on the mean of squares from w = 0, η = .2, 10⁷ steps, "
        + "noise N(0, .45²) on every weight each 120,000 steps until 5·10⁶ (41 times), 29 runs; steps between perturbations at once by diagonalization";

    private const int Nodes = 9, TestPoints = 100, Bits = 100;

    private static readonly Lazy<(double[] X, double[] Y, double[] TestX, double[] TestY)> Points = new(() =>
    {
        BigFloat[] x = Samples.Chebyshev(Nodes, Bits), t = Samples.Even(TestPoints, Bits);
        return (Samples.ToDouble(x), Samples.ToDouble(Samples.Sine(4, x)), Samples.ToDouble(t), Samples.ToDouble(Samples.Sine(4, t)));
    });

    /// <summary>Φ of the training points.</summary>
    public static FeatureModes Modes(int degree) => FeatureModes.Of(FeatureModes.Monomials(Points.Value.X, degree));

    /// <summary>Φ⁺y.</summary>
    public static double[] MinimumNorm(int degree) => Modes(degree).MinimumNorm(Points.Value.Y);

    /// <summary>Mean squared error on the test points.</summary>
    public static double TestError(double[] w) =>
        FeatureModes.Monomials(Points.Value.TestX, w.Length - 1).Zip(Points.Value.TestY, (row, y) => Math.Pow(Vectors.Dot(row, w) - y, 2)).Average();

    /// <summary>What one perturbation of standard deviation σ adds to E‖w‖² once data have taken back their part: (D − rank) σ².</summary>
    public static double NormGrowth(int degree, double sigma) => (degree + 1 - Modes(degree).Rank) * sigma * sigma;

    /// <summary>The same for the expected test error: (σ²/M) Σ_t ‖P φ(x_t)‖², P the projection on the null space of Φ.</summary>
    public static double TestGrowth(int degree, double sigma)
    {
        var modes = Modes(degree);
        return sigma * sigma * FeatureModes.Monomials(Points.Value.TestX, degree).Average(row => Vectors.Dot(modes.NullPart(row), row));
    }

    /// <summary>Single runs of <paramref name="experiment"/>, one a seed: [run][moment].</summary>
    public static PerturbedMoment[][] Runs(StudyContext context, int degree, PerturbedDescent experiment, int runs = Repeats) =>
        context.Shared($"theory-iiib/perturbed/{degree}/{experiment}/{runs}", () =>
        {
            var (x, y, testX, testY) = Points.Value;
            double[][] phi = FeatureModes.Monomials(x, degree), testPhi = FeatureModes.Monomials(testX, degree);
            return Enumerable.Range(0, runs).Select(seed => (experiment with { Repeats = 1 }).Run(phi, y, testPhi, testY, seed)).ToArray();
        });
}
