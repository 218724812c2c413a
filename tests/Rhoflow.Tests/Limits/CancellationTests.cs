using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Measures.Bounds;
using Rhoflow.Measures.Structure;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

/// <summary>
/// Solvers that may take minutes end where they are: whichever of their looks at the token finds it cancelled is the last.
/// </summary>
public class CancellationTests
{
    private static Dataset Drawn(int count, int inputs, bool separable)
    {
        var random = new Random(Random.Shared.Next());
        double[] x = [.. Enumerable.Range(0, count * inputs).Select(_ => random.NextDouble() * 2 - 1)];
        double[] y = [.. Enumerable.Range(0, count).Select(n => separable ? Math.Sign(x[n * inputs]) : n % 2 == 0 ? 1.0 : -1.0)];
        return new Dataset("drawn", x, y, inputs);
    }

    private static Action<CancellationToken> Work(string name)
    {
        var data = Drawn(400, 12, separable: name is "hard margin" or "fixed rho");
        double[] matrix = data.X.ToArray();
        return name switch
        {
            "hard margin" => token => HardMargin.Solve(data, cancellation: token),
            "fixed rho" => token => FixedRhoMinimizer.Solve(data, 30, token),
            "regularization path" => token => RegularizationPath.At(data, Loss.Logistic, [0, -2, -4], token),
            "spectral norm" => token => SpectralNorm.Of(400, 12, matrix, token),
            "rademacher" => token => RademacherComplexity.Linear(FeatureMatrix.Of(matrix, 12), 50, 0, token),
            "least squares" => token => NonnegativeLeastSquares.Solve(
                [.. Enumerable.Range(0, 150).Select(i => matrix[(30 * i + 30)..(30 * i + 60)])], matrix.AsSpan(0, 30), token),
            "minimum norm" => token => MinimumNorm.Of(data, cancellation: token),
            _ => token => SingularSpectrum.Of(matrix, 400, 12, token),
        };
    }

    [Theory]
    [InlineData("hard margin")]
    [InlineData("fixed rho")]
    [InlineData("regularization path")]
    [InlineData("spectral norm")]
    [InlineData("rademacher")]
    [InlineData("least squares")]
    public void A_solver_ends_in_the_middle(string name)
    {
        var work = Work(name);
        var whole = Looks(work, int.MaxValue, out var ended);
        ended.ShouldBeFalse();
        whole.ShouldBeGreaterThan(3, "it looks before it begins, and hardly ever again");
        foreach (var at in new[] { 2, Random.Shared.Next(2, whole), whole })
        {
            Looks(work, at, out ended).ShouldBe(at, "it went on after it was cancelled");
            ended.ShouldBeTrue();
        }
    }

    // What other libraries decompose cannot be watched; it is left behind (A_decomposition_is_left_behind).
    [Theory]
    [InlineData("minimum norm")]
    [InlineData("singular values")]
    public void A_decomposition_does_not_begin(string name)
    {
        Looks(Work(name), 1, out var ended).ShouldBe(1);
        ended.ShouldBeTrue();
    }

    [Fact]
    public void A_decomposition_is_left_behind()
    {
        using var stop = new CancellationTokenSource();
        using ManualResetEventSlim release = new(), done = new();
        Should.Throw<OperationCanceledException>(() => Unstoppable.Run(() =>
        {
            stop.Cancel();
            release.Wait(TestContext.Current.CancellationToken);
            done.Set();
            return 0;
        }, stop.Token));
        // It was at work when it was given up, and ends by itself.
        done.IsSet.ShouldBeFalse();
        release.Set();
        done.Wait(TestContext.Current.CancellationToken);
        Unstoppable.Run(static () => 7, CancellationToken.None).ShouldBe(7);
        using var other = new CancellationTokenSource();
        Should.Throw<DataException>(() => Unstoppable.Run<int>(static () => throw new DataException("as it is"), other.Token))
            .Message.ShouldBe("as it is");
    }

    // How often work looks; it is cancelled at one of the looks.
    private static int Looks(Action<CancellationToken> work, int cancelledAt, out bool ended)
    {
        using var stop = new CancellationTokenSource();
        var looks = 0;
        CancellationLooks.Looked = () =>
        {
            if (++looks == cancelledAt) stop.Cancel();
        };
        try
        {
            work(stop.Token);
            ended = false;
        }
        catch (OperationCanceledException)
        {
            ended = true;
        }
        finally
        {
            CancellationLooks.Looked = null;
        }
        return looks;
    }
}
