using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim b46: Langevin's stationary density, once it is reached, prefers the wider of two minima of equal depth, the more the higher the
/// dimension.
/// </summary>
internal static class LangevinPrefersWideMinima
{
    private const double Height = 1, Tilt = 1, Step = .01, Temperature = 1, LowTemperature = .05;
    private const int Chains = 400, Steps = 4000;
    private static readonly int[] Dimensions = [0, 1, 2, 4, 8];

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "b46-langevin-prefers-wide-minima",
        Paper = SourcePapers.TheoryIII,
        Place = "§6, eq. 30; Theoretical issues §4.6",
        Hypothesis = "A stationary density e^{−L/T}/Z exists, so that Z is finite, and the stochastic differential equation (eq. 30) "
            + "has reached it: §6 speaks of its asymptotic distribution.",
        Statement = "SGD with added white noise has the Boltzmann distribution e^{−L/T}/Z, which prefers degenerate minima, and of two "
            + "basins of equal depth the wider, with a concentration that grows with the dimension.",
        SetUp = "L(x, y) = (x² − 1)² + ½e^{−x}‖y‖², y in R^d, "
            + $"d = {string.Join(", ", Dimensions)}: minima of depth 0 at x = −1 (narrow) and x = 1 (wide: e "
            + $"times less curved in every y). Langevin steps of {Wording.Text(Step)} to t = {Wording.Text(Step * Steps)}, "
            + $"{Chains} chains a seed, all from the narrow minimum, seeds "
            + $"{Spread.Seeds[0]}–{Spread.Seeds[^1]}, T = {Wording.Text(Temperature)} and {Wording.Text(LowTemperature)}. "
            + "(The exponential loss itself has no such density: it is 0 at infinity, and Z is infinite.)",
        History = ["was ≈ until 2026-11-28, because T = 0.05 was counted against it, where the density is not reached"],
        Expected = "Share of chains with x > 0 = ∫_{x>0} e^{−(x²−1)²/T + dx/2} dx over the same on all x.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        double[] exact = [.. Dimensions.Select(d => WideShare(d, Temperature))];
        double[][] measured = [.. Dimensions.Select(d => Spread.Seeds
            .Select(seed => Simulate(d, Temperature, seed, context.Cancellation)).ToArray())];
        for (var i = 0; i < Dimensions.Length; i++)
        {
            // Three standard errors of 2,000 chains, and 0.01 for the length of the step.
            var error = 3 * Math.Sqrt(exact[i] * (1 - exact[i]) / (Chains * Spread.Seeds.Count)) + .01;
            judge.Printed.In($"T = 1, d = {Dimensions[i]}")
                .Near("share in the wide basin", measured[i].Average(), exact[i], absolute: error);
        }
        judge.Printed.AtLeast("least rise of the share from one dimension to the next",
            measured.Zip(measured.Skip(1), static (a, b) => b.Average() - a.Average()).Min(), 0);
        double cold = WideShare(2, LowTemperature), coldMeasured =
            Spread.Seeds.Select(seed => Simulate(2, LowTemperature, seed, context.Cancellation)).Average();
        judge.Hypothesis.AtLeast("time over Kramers’ mean time to cross the barrier, T = 1", Step * Steps / Kramers(Temperature), 10);
        judge.Measure("the same at T = 0.05", Step * Steps / Kramers(LowTemperature));
        judge.Amended("where the time is too short for the barrier the density is not reached, and the start decides")
            .AtMost("T = 0.05, d = 2, after the same time: share in the wide basin", coldMeasured, cold - .05);
        judge.Measure("share at T = 1, d = 8", Spread.Of(measured[^1]).ToString());
        double[] d = [.. Dimensions.Select(static v => (double)v)], finely = [.. Enumerable.Range(0, 81).Select(static k => k / 10.0)];
        var chart = new Chart(new Panel("Share of chains in the wide basin, T = 1", new Axis("dimension d of y"),
            new Axis("share", Min: 0, Max: 1))
            .Points("five seeds", [.. d.SelectMany(static v => Spread.Seeds.Select(_ => v))], [.. measured.SelectMany(static m => m)], 0)
            .Predicted("Boltzmann", finely, [.. finely.Select(static v => WideShare(v, Temperature))], 0).Level("equal shares", .5));
        return judge.Outcome(chart: chart, caption: "The share of the wide basin follows Boltzmann’s, to 1 in high dimension.",
            holds: $"At T = 1 the wide basin holds {string.Join(", ", measured.Select(static m => Wording.Text(m.Average())))} of the "
                + $"chains at d = {string.Join(", ", Dimensions)} (Boltzmann: "
                + $"{string.Join(", ", exact.Select(static e => Wording.Text(e)))}). "
                + $"At T = 0.05 it holds {Wording.Text(coldMeasured)} after the same time, where Boltzmann’s share is "
                + $"{Wording.Text(cold)}: the barrier takes e^{{1/T}} longer to cross, and the density is not reached.");
    }

    /// <summary>∫_{x>0}/∫ of the density of x, y integrated out: e^{−h(x²−1)²/T + c d x/2}, by Simpson’s rule on [−4, 8].</summary>
    public static double WideShare(double dimension, double temperature)
    {
        const int intervals = 12_000;
        const double from = -4, to = 8, width = (to - from) / intervals;
        double Log(double x) => -Height * Math.Pow(x * x - 1, 2) / temperature + Tilt * dimension * x / 2;
        var top = Enumerable.Range(0, intervals + 1).Max(i => Log(from + i * width));
        double all = 0, wide = 0;
        for (var i = 0; i <= intervals; i++)
        {
            var x = from + i * width;
            var term = (i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(Log(x) - top);
            all += term;
            // x = 0 is the end of an even number of intervals, so that Simpson's rule on each half has weight 1 there.
            if (x > width / 2) wide += term;
            else if (x > -width / 2) wide += term / 2;
        }
        return wide / all;
    }

    // 2π/√(L''(−1) |L''(0)|) e^{Height/T}: the mean time in which a chain leaves its minimum.
    private static double Kramers(double temperature) => 2 * Math.PI / Math.Sqrt(8 * 4) * Math.Exp(Height / temperature);

    private static double Simulate(int dimension, double temperature, long seed, CancellationToken cancellation)
    {
        var wide = 0;
        var noise = Math.Sqrt(2 * Step * temperature);
        var y = new double[dimension];
        for (var chain = 0; chain < Chains; chain++)
        {
            cancellation.ThrowIfCancellationRequested();
            var random = new RandomStream(seed, stream: 1000 * (dimension + 1) + chain);
            var x = -1.0;
            Array.Clear(y);
            for (var step = 0; step < Steps; step++)
            {
                var stiffness = Math.Exp(-Tilt * x);
                var squares = Vectors.Dot(y, y);
                for (var i = 0; i < dimension; i++) y[i] += -Step * stiffness * y[i] + noise * random.NextNormal();
                x += -Step * (4 * Height * x * (x * x - 1) - Tilt * stiffness * squares / 2) + noise * random.NextNormal();
            }
            if (x > 0) wide++;
        }
        return wide / (double)Chains;
    }
}
