using Rhoflow.Numerics;

namespace Rhoflow.Approximation;

/// <summary>
/// max |f − g| over [−1, 1]^n by maximization from many starts: the largest of |f − g| on points drawn from the cube and its corners are
/// starts of a search along the axes (steps to both sides, halved when none of them helps). From below towards PNAS §2B's norm, and much
/// nearer to it than the points alone: in many variables none of them lies near the maximum.
/// </summary>
internal sealed record SupNorm
{
    /// <summary>Points drawn.</summary>
    public int Samples { get; init; } = 2048;

    /// <summary>How many searches.</summary>
    public int Starts { get; init; } = 8;

    /// <summary>The step at which a search ends; it starts from ¼.</summary>
    public double Resolution { get; init; } = 4e-3;

    /// <summary>The errors on the points drawn alone (L2, and the sup over them), and the maximum found.</summary>
    /// <param name="difference">errors ← (f − g)(x_i) for points given as one array per variable; the length of errors says how
    /// many.</param>
    /// <param name="variables">n.</param>
    /// <param name="random">Draws points.</param>
    public (ApproximationError OnPoints, double Maximum) Of(Action<double[][], Memory<double>> difference, int variables,
        RandomStream random)
    {
        var points = new double[variables][];
        for (var j = 0; j < variables; j++) points[j] = ApproximationError.Points(Samples, 1, random);
        var errors = new double[Samples];
        difference(points, errors);
        var onPoints = ApproximationError.Of(errors);
        var best = onPoints.Sup;
        var order = Enumerable.Range(0, Samples).OrderByDescending(i => Math.Abs(errors[i])).Take(Starts);
        // Half of the starts are the largest errors, the others the largest at corners, where extrapolation by least squares is worst.
        var corners = new double[variables][];
        for (var j = 0; j < variables; j++) corners[j] = [.. points[j].Select(static v => v < 0 ? -1.0 : 1.0)];
        var cornerErrors = new double[Samples];
        difference(corners, cornerErrors);
        var orderOfCorners = Enumerable.Range(0, Samples).OrderByDescending(i => Math.Abs(cornerErrors[i])).Take(Starts / 2);
        foreach (var start in order.Take(Starts - Starts / 2).Select(i => points.Select(p => p[i]).ToArray())
            .Concat(orderOfCorners.Select(i => corners.Select(p => p[i]).ToArray())))
            best = Math.Max(best, Climb(difference, start));
        return (onPoints, best);
    }

    private double Climb(Action<double[][], Memory<double>> difference, double[] x)
    {
        var n = x.Length;
        double[] value = new double[1], errors = new double[2 * n];
        difference([.. x.Select(static v => new[] { v })], value);
        var best = Math.Abs(value[0]);
        var neighbours = new double[n][];
        for (var j = 0; j < n; j++) neighbours[j] = new double[2 * n];
        for (var step = .25; step >= Resolution;)
        {
            for (var j = 0; j < n; j++)
            {
                neighbours[j].AsSpan().Fill(x[j]);
                neighbours[j][2 * j] = Math.Min(1, x[j] + step);
                neighbours[j][2 * j + 1] = Math.Max(-1, x[j] - step);
            }
            difference(neighbours, errors);
            var at = 0;
            for (var i = 1; i < errors.Length; i++) if (Math.Abs(errors[i]) > Math.Abs(errors[at])) at = i;
            if (Math.Abs(errors[at]) > best)
            {
                best = Math.Abs(errors[at]);
                x[at / 2] = neighbours[at / 2][at];
            }
            else
            {
                step /= 2;
            }
        }
        return best;
    }
}
