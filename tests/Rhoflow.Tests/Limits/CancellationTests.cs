using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Measures.Structure;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

/// <summary>Solvers that may take minutes end when they are asked to, before their result is there.</summary>
public class CancellationTests
{
    // Overlapping classes in many dimensions: seconds to minutes for each of these, whole.
    private static Dataset Large(int count, int inputs, bool separable)
    {
        var random = new Random(Random.Shared.Next());
        double[] x = [.. Enumerable.Range(0, count * inputs).Select(_ => random.NextDouble() * 2 - 1)];
        double[] y = [.. Enumerable.Range(0, count).Select(n => separable ? Math.Sign(x[n * inputs]) : n % 2 == 0 ? 1.0 : -1.0)];
        return new Dataset("drawn", x, y, inputs);
    }

    public static TheoryData<string> Names =>
        ["hard margin", "minimum norm", "fixed rho", "singular values", "spectral norm", "least squares"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_solver_ends_when_it_is_asked_to(string name)
    {
        using var stop = new CancellationTokenSource();
        var (data, token) = (Large(3000, 40, separable: name is "hard margin" or "fixed rho"), stop.Token);
        double[] matrix = [.. data.X.ToArray().Take(3000 * 40)];
        Action work = name switch
        {
            "hard margin" => () => HardMargin.Solve(data, cancellation: token),
            "minimum norm" => () => MinimumNorm.Of(data, cancellation: token),
            "fixed rho" => () => FixedRhoMinimizer.Solve(data, 1000, token),
            "singular values" => () => SingularSpectrum.Of(matrix, 3000, 40, token),
            "spectral norm" => () => SpectralNorm.Of(3000, 40, matrix, token),
            _ => () => NonnegativeLeastSquares.Solve([.. Enumerable.Range(0, 1000).Select(i => matrix[(120 * i)..(120 * i + 120)])],
                matrix.AsSpan(0, 120), token),
        };
        // Before it begins: what it looks at in every step it looks at in the first.
        stop.Cancel();
        Should.Throw<OperationCanceledException>(work);
    }
}
