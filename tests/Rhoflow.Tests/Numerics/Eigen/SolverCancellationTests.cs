using Rhoflow.Kernels;
using Rhoflow.Numerics.Eigen;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics.Eigen;

/// <summary>Cancelled within a product, a solver takes no other.</summary>
public class SolverCancellationTests
{
    private sealed class Counted(ISymmetricOperator a, int cancelledAt, CancellationTokenSource stop) : ISymmetricOperator
    {
        public int Products { get; private set; }

        public int Size => a.Size;

        public void Apply(ReadOnlySpan<double> v, Span<double> result)
        {
            if (++Products == cancelledAt) stop.Cancel();
            a.Apply(v, result);
        }
    }

    public static TheoryData<string> Names => ["Lanczos", "LOBPCG", "Hutch++", "Hutchinson", "quadrature", "written out"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cancelled_solver_takes_no_more_products(string name)
    {
        var random = new Random(Random.Shared.Next());
        var matrix = SpectrumCases.Matrix([.. Enumerable.Range(0, 90).Select(_ => random.NextDouble() * 2 - 1)], random.Next());
        using var team = new Team();
        (int Products, bool Ended) Solve(int cancelledAt)
        {
            using var stop = new CancellationTokenSource();
            var a = new Counted(matrix, cancelledAt, stop);
            try
            {
                switch (name)
                {
                    case "Lanczos": Lanczos.Solve(a, 4, 2, new EigenOptions(), team, stop.Token); break;
                    case "LOBPCG": Lobpcg.Solve(a, 4, new EigenOptions { Tolerance = 1e-6 }, team, stop.Token); break;
                    case "Hutch++": TraceEstimate.HutchPlusPlus(a, 30, 1, team, stop.Token); break;
                    case "Hutchinson": TraceEstimate.Hutchinson(a, 30, 1, stop.Token); break;
                    case "quadrature": SpectralQuadrature.Of(a, 12, 3, 1, team, stop.Token); break;
                    default: DenseOperator.Of(a, stop.Token); break;
                }
                return (a.Products, false);
            }
            catch (OperationCanceledException)
            {
                return (a.Products, true);
            }
        }

        var (whole, ended) = Solve(int.MaxValue);
        ended.ShouldBeFalse();
        whole.ShouldBeGreaterThan(20);
        foreach (var at in new[] { 1, random.Next(1, whole), whole - 1 }) Solve(at).ShouldBe((at, true));
    }
}
