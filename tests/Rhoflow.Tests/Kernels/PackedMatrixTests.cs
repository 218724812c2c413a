using System.Numerics;
using Rhoflow.Kernels;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

/// <summary>A product with a packed operand equals, bit for bit, the product of the matrices that it was packed from.</summary>
public sealed class PackedMatrixTests : IDisposable
{
    private readonly Team _team = new(2);

    public void Dispose() => _team.Dispose();

    public static TheoryData<int, int, int, int> Cases => new(
        from width in Enum.GetValues<SimdWidth>()
        from size in new[] { (1, 1, 1), (7, 33, 5), (128, 10, 64), (64, 128, 300), (100, 700, 31), (1, 128, 520) }
        select ((int)width, size.Item1, size.Item2, size.Item3));

    [Theory, MemberData(nameof(Cases))]
    public void Packed_equals_unpacked(int bits, int m, int n, int k)
    {
        Check<float>((SimdWidth)bits, m, n, k);
        Check<double>((SimdWidth)bits, m, n, k);
    }

    private void Check<T>(SimdWidth width, int m, int n, int k) where T : unmanaged, INumber<T>
    {
        var random = new Random(m + n + k);
        var (ld, lda, ldc) = (k + 3, Math.Max(m, k) + 1, Math.Max(m, n) + 2);
        var a = Reference.Random<T>(Math.Max(m, k) * lda, random);
        var c = Reference.Random<T>(Math.Max(m, n) * ldc, random);

        // B is k×n; its transpose lies in rows of a larger matrix, shuffled and repeated, as a minibatch lies in its data.
        var data = Reference.Random<T>((n + 9) * ld, random);
        int[] rows = [.. Enumerable.Range(0, n).Select(_ => random.Next(n + 9))];
        T[] bt = new T[n * k], b = new T[k * n];
        for (var j = 0; j < n; j++)
            for (var p = 0; p < k; p++)
                bt[j * k + p] = b[p * n + j] = data[rows[j] * ld + p];

        var packed = new PackedMatrix<T>(width);
        packed.PackRowsTransposed(rows, k, data, ld, _team);
        (packed.K, packed.N).ShouldBe((k, n));
        Products();
        packed.PackTransposed(k, n, bt, k, _team);
        Products();
        packed.Pack(k, n, b, n, _team);
        Products();

        // The rows of B, shuffled: Bᵀ packed untransposed is an (n×k) operand for the gradient.
        packed.PackRows(rows, k, data, ld, _team);
        (packed.K, packed.N).ShouldBe((n, k));
        T[] gradient = new T[m * k], got = new T[m * k];
        var left = Reference.Random<T>(n * m, random);
        Gemm.Multiply<T>(GemmForm.TN, m, k, n, left, m, bt, k, gradient, k, false, _team, width);
        Gemm.MultiplyPacked<T>(m, left, m, true, packed, got, k, false, false, _team);
        got.ShouldHaveTheBitsOf(gradient);

        void Products()
        {
            foreach (var accumulate in new[] { false, true })
                foreach (var aTransposed in new[] { false, true })
                {
                    T[] expected = [.. c], rowsOfC = [.. c], columnsOfC = [.. c], expectedColumns = [.. c];
                    Gemm.Multiply<T>(aTransposed ? GemmForm.TN : GemmForm.NN, m, n, k, a, lda, b, n, expected, ldc, accumulate, _team,
                        width);
                    Gemm.MultiplyPacked<T>(m, a, lda, aTransposed, packed, rowsOfC, ldc, false, accumulate, _team);
                    rowsOfC.ShouldHaveTheBitsOf(expected);

                    for (var i = 0; i < m; i++)
                        for (var j = 0; j < n; j++)
                            (columnsOfC[j * ldc + i], expectedColumns[j * ldc + i]) = (c[i * ldc + j], expected[i * ldc + j]);
                    Gemm.MultiplyPacked<T>(m, a, lda, aTransposed, packed, columnsOfC, ldc, true, accumulate, _team);
                    columnsOfC.ShouldHaveTheBitsOf(expectedColumns);
                }
        }
    }

    [Fact]
    public void Packing_and_multiplying_again_allocates_nothing()
    {
        var random = new Random(3);
        float[] data = Reference.Random<float>(200 * 300, random), w = Reference.Random<float>(64 * 300, random), z = new float[128 * 64];
        int[] rows = [.. Enumerable.Range(0, 128).Select(_ => random.Next(200))];
        var packed = new PackedMatrix<float>();
        AllocationCount.Of(Call).ShouldBe(0);

        void Call()
        {
            packed.PackRowsTransposed(rows, 300, data, 300, _team);
            Gemm.MultiplyPacked<float>(64, w, 300, false, packed, z, 64, true, false, _team);
        }
    }

    [Fact]
    public void Rows_outside_the_data_are_refused()
    {
        var packed = new PackedMatrix<float>();
        Should.Throw<ArgumentException>(() =>
            packed.PackRows([0, -1], 2, new float[4], 2, _team)).Message.ShouldContain("row -1 is negative");
        Should.Throw<ArgumentException>(() =>
            packed.PackRowsTransposed([2], 2, new float[4], 2, _team)).Message.ShouldContain("do not fit");
    }
}
