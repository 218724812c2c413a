using Rhoflow.Lab.Claims;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;
using Rhoflow.Regression;

namespace Rhoflow.Papers.TheoryIIIb;

/// <summary>
/// The polynomial regressions of Theory IIIb's figure 4: 9 Chebyshev nodes of sin(2π·4x), 100 equally spaced test points.
/// </summary>
internal static class PerturbedPolynomials
{
    /// <summary>Runs that the paper averages.</summary>
    public const int Repeats = 29;

    /// <summary>In words, for claims.</summary>
    public static string Words
    {
        get
        {
            var e = new PerturbedDescent();
            return $"w·(1, x, …, x³⁹) on {Nodes} Chebyshev nodes of sin(2π·{Frequency}x), {TestPoints} equally spaced test points; "
                + $"gradient descent on the mean of squares from w = 0, η = {Wording.Short(e.Step)}, {Wording.Power(e.Iterations)} steps, "
                + $"noise N(0, {Wording.Short(e.Sigma)}²) on every weight each {Wording.Count(e.Every)} steps until "
                + $"{Wording.Power(e.Until)} ({e.Until / e.Every} times), {Repeats} runs; steps between perturbations at once by "
                + "diagonalization";
        }
    }

    /// <summary>N.</summary>
    public const int Nodes = 9;

    private const int TestPoints = 100, Bits = 100, Frequency = 4;

    private static readonly Lazy<(double[] X, double[] Y, double[] TestX, double[] TestY)> Points = new(() =>
    {
        BigFloat[] x = Samples.Chebyshev(Nodes, Bits), t = Samples.Even(TestPoints, Bits);
        return (Samples.ToDouble(x), Samples.ToDouble(Samples.Sine(Frequency, x)), Samples.ToDouble(t),
            Samples.ToDouble(Samples.Sine(Frequency, t)));
    });

    /// <summary>Φ of the training points.</summary>
    public static FeatureModes Modes(int degree) => FeatureModes.Of(FeatureModes.Monomials(Points.Value.X, degree));

    /// <summary>Φ⁺y.</summary>
    public static double[] MinimumNorm(int degree) => Modes(degree).MinimumNorm(Points.Value.Y);

    /// <summary>Mean squared error on the test points.</summary>
    public static double TestError(double[] w) =>
        FeatureModes.Monomials(Points.Value.TestX, w.Length - 1).Zip(Points.Value.TestY, (row, y) => Math.Pow(Vectors.Dot(row, w) - y, 2))
            .Average();

    /// <summary>What one perturbation of standard deviation σ adds to E‖w‖² once data have taken back their part: (D − rank) σ².</summary>
    public static double NormGrowth(int degree, double sigma) => (degree + 1 - Modes(degree).Rank) * sigma * sigma;

    /// <summary>The same for the expected test error: (σ²/M) Σ_t ‖P φ(x_t)‖², P the projection on the null space of Φ.</summary>
    public static double TestGrowth(int degree, double sigma)
    {
        var modes = Modes(degree);
        return sigma * sigma * FeatureModes.Monomials(Points.Value.TestX, degree).Average(row => Vectors.Dot(modes.NullPart(row), row));
    }

    /// <summary>Single runs of <paramref name="experiment"/>, one per seed: [run][moment].</summary>
    public static PerturbedMoment[][] Runs(StudyContext context, int degree, PerturbedDescent experiment, int runs = Repeats) =>
        AllRuns.Of(context, (degree, experiment, runs));

    private static readonly SharedResults<(int Degree, PerturbedDescent Experiment, int Count), PerturbedMoment[][]> AllRuns =
        new((_, of) =>
    {
        var (x, y, testX, testY) = Points.Value;
        double[][] phi = FeatureModes.Monomials(x, of.Degree), testPhi = FeatureModes.Monomials(testX, of.Degree);
        return [.. Enumerable.Range(0, of.Count).Select(seed => (of.Experiment with { Repeats = 1 }).Run(phi, y, testPhi, testY, seed))];
    });
}
