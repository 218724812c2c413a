using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Numerics;

public sealed class UpdatableQrTests
{
    [Fact]
    public void Columns_that_come_and_go_leave_the_factorization_of_what_is_there()
    {
        var random = new Random(1);
        const int M = 12;
        var qr = new UpdatableQr(M);
        var columns = new List<double[]>();
        double[] coefficients = new double[M], rest = new double[M], product = new double[M];
        for (var step = 0; step < 400; step++)
        {
            if (columns.Count < M && (columns.Count == 0 || random.Next(5) > 1))
            {
                var a = Problems.Normal(random, M);
                if (columns.Count > 0 && random.Next(3) == 0)       // nearly dependent on another one
                    for (var i = 0; i < M; i++) a[i] = columns[0][i] + 1e-7 * a[i];
                qr.Project(a, coefficients, rest);
                qr.Append(coefficients, rest);
                columns.Add(a);
            }
            else
            {
                var k = random.Next(columns.Count);
                qr.RemoveAt(k);
                columns.RemoveAt(k);
            }
            qr.Count.ShouldBe(columns.Count);
            foreach (var a in columns)
            {
                var c = new double[qr.Count];
                qr.MultiplyTransposed(a, c);
                qr.Multiply(c, product);
                product.ShouldBe(a, 1e-13);                          // Q Qᵀ a = a
                qr.Solve(c);
                var rebuilt = new double[M];
                for (var j = 0; j < c.Length; j++) Vectors.Add(c[j], columns[j], rebuilt);
                rebuilt.ShouldBe(a, 1e-12);                          // A R⁻¹Qᵀ a = a
            }
            var t = Problems.Normal(random, qr.Count);
            var x = (double[])t.Clone();
            qr.SolveTransposed(x);
            qr.Multiply(x, product);
            for (var j = 0; j < columns.Count; j++)                  // Aᵀ Q R⁻ᵀ t = t
                Vectors.Dot(columns[j], product).ShouldBe(t[j], 1e-12 * (1 + Vectors.Norm(product)));
        }
    }

    [Fact]
    public void A_compensated_product_sees_through_cancellation()
    {
        Compensated.Dot([1e17, 1, -1e17], [1, 3, 1]).ShouldBe(3);
        Compensated.Dot([1 + 1e-9, -1], [1 - 1e-9, 1]).ShouldBe(Math.FusedMultiplyAdd(1 + 1e-9, 1 - 1e-9, -1));
        var random = new Random(2);
        var a = Problems.Normal(random, 100);
        var b = Problems.Normal(random, 100);
        var exact = a.Zip(b).Aggregate(0m, (sum, p) => sum + (decimal)p.First * (decimal)p.Second);
        Compensated.Dot(a, b, 1).ShouldBe((double)(exact + 1), 1e-12);
    }
}
