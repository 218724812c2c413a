using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Rhoflow.Kernels;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

/// <summary>Matrix products against the triple loop, and the promise that their bits depend on nothing but the operands.</summary>
public sealed class GemmTests : IDisposable
{
    private static readonly int[] Sizes = [1, 2, 3, 5, 7, 13, 17, 31, 33, 100];
    private static readonly int[] Depths = [0, 1, 2, 31, 255, 256, 257, 600];
    private static readonly SimdWidth[] Widths = Enum.GetValues<SimdWidth>();

    private readonly Team _team = new();

    public void Dispose() => _team.Dispose();

    /// <summary>A product with strides longer than rows, and its operands.</summary>
    private sealed record Problem<T>(GemmForm Form, int M, int N, int K, T[] A, int Lda, T[] B, int Ldb, T[] C, int Ldc)
        where T : unmanaged, INumber<T>
    {
        public static Problem<T> Random(GemmForm form, int m, int n, int k, int seed)
        {
            var random = new Random(seed);
            var (aRows, aColumns) = form == GemmForm.TN ? (k, m) : (m, k);
            var (bRows, bColumns) = form == GemmForm.NT ? (n, k) : (k, n);
            int lda = aColumns + random.Next(4), ldb = bColumns + random.Next(4), ldc = n + random.Next(4);
            return new Problem<T>(
                form, m, n, k, Reference.Random<T>(aRows * lda, random), lda, Reference.Random<T>(bRows * ldb, random), ldb,
                Reference.Random<T>(m * ldc, random), ldc);
        }

        public double AAt(int i, int p) => double.CreateChecked(Form == GemmForm.TN ? A[p * Lda + i] : A[i * Lda + p]);

        public double BAt(int p, int j) => double.CreateChecked(Form == GemmForm.NT ? B[j * Ldb + p] : B[p * Ldb + j]);

        public T[] Multiply(bool accumulate, Team team, SimdWidth? width = null)
        {
            T[] c = [.. C];
            Gemm.Multiply<T>(Form, M, N, K, A, Lda, B, Ldb, c, Ldc, accumulate, team, width);
            return c;
        }

        /// <summary>Every element within the bound of its own rounding, and nothing written between the rows.</summary>
        public void ShouldHold(T[] c, bool accumulate)
        {
            var (product, magnitude) = Reference.Multiply(M, N, K, AAt, BAt);
            for (var i = 0; i < M; i++)
                for (var j = 0; j < Ldc; j++)
                {
                    var (before, got) = (double.CreateChecked(C[i * Ldc + j]), double.CreateChecked(c[i * Ldc + j]));
                    var start = accumulate || j >= N ? before : 0;
                    var expected = j >= N ? start : start + product[i, j];
                    var bound = j >= N ? 0 : (K + 2) * Reference.RoundOff<T>() * (magnitude[i, j] + Math.Abs(start));
                    if (!(Math.Abs(got - expected) <= bound))
                        Assert.Fail($"{Form} {M}×{N}×{K} at ({i}, {j}): {got} is not within {bound} of {expected}");
                }
        }
    }

    [Theory, CombinatorialForms]
    internal void Products_of_odd_sizes_are_those_of_the_triple_loop(GemmForm form, SimdWidth width)
    {
        AllSizes<float>(form, width);
        AllSizes<double>(form, width);
    }

    private void AllSizes<T>(GemmForm form, SimdWidth width) where T : unmanaged, INumber<T>
    {
        var seed = 0;
        foreach (var m in Sizes)
            foreach (var n in Sizes)
            {
                var k = Depths[seed++ % Depths.Length];
                var problem = Problem<T>.Random(form, m, n, k, seed);
                problem.ShouldHold(problem.Multiply(seed % 3 == 0, _team, width), seed % 3 == 0);
            }
    }

    /// <summary>Tall, wide and deep enough for several blocks in each direction and for all threads.</summary>
    [Theory]
    [InlineData(GemmForm.NN, 50, 700, 300)]
    [InlineData(GemmForm.NT, 130, 90, 520)]
    [InlineData(GemmForm.TN, 110, 410, 128)]
    internal void Any_width_and_any_team_give_the_same_bits(GemmForm form, int m, int n, int k)
    {
        Check<float>();
        Check<double>();

        void Check<T>() where T : unmanaged, INumber<T>
        {
            var problem = Problem<T>.Random(form, m, n, k, 1);
            foreach (var accumulate in new[] { false, true })
            {
                var expected = problem.Multiply(accumulate, _team);
                problem.ShouldHold(expected, accumulate);
                foreach (var threads in new[] { 1, 2, 3 })
                {
                    using var team = new Team(threads);
                    foreach (var width in Widths) problem.Multiply(accumulate, team, width).ShouldHaveTheBitsOf(expected);
                }
            }
        }
    }

    [Fact]
    public void All_forms_give_the_same_bits()
    {
        var gen = from m in Gen.Choose(1, 40) from n in Gen.Choose(1, 40) from k in Gen.Choose(1, 300) select (m, n, k);
        Prop.ForAll(gen.ToArbitrary(), size =>
        {
            var (m, n, k) = size;
            var random = new Random(k);
            var (a, b) = (Reference.Random<float>(m * k, random), Reference.Random<float>(k * n, random));
            float[] at = Transpose(a, m, k), bt = Transpose(b, k, n), nn = new float[m * n], nt = new float[m * n], tn = new float[m * n];
            Gemm.Multiply<float>(GemmForm.NN, m, n, k, a, k, b, n, nn, n, false, _team);
            Gemm.Multiply<float>(GemmForm.NT, m, n, k, a, k, bt, k, nt, n, false, _team);
            Gemm.Multiply<float>(GemmForm.TN, m, n, k, at, m, b, n, tn, n, false, _team);
            nt.ShouldHaveTheBitsOf(nn);
            tn.ShouldHaveTheBitsOf(nn);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_Gram_matrix_has_the_bits_of_the_whole_product_on_any_team()
    {
        var gen = from n in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(41, 300))
                  from k in Gen.OneOf(Gen.Choose(0, 40), Gen.Choose(250, 530))
                  from form in Gen.Elements(GemmForm.TN, GemmForm.NT)
                  from accumulate in Gen.Elements(false, true)
                  from threads in Gen.Choose(1, 3)
                  select (n, k, form, accumulate, threads);
        Prop.ForAll(gen.ToArbitrary(), size =>
        {
            Check<float>(size);
            Check<double>(size);
        }).QuickCheckThrowOnFailure();

        static void Check<T>((int N, int K, GemmForm Form, bool Accumulate, int Threads) size) where T : unmanaged, INumber<T>
        {
            var (n, k, form, accumulate, threads) = size;
            var random = new Random(n + k);
            var (rows, columns) = form == GemmForm.TN ? (k, n) : (n, k);
            int lda = columns + random.Next(4), ldc = n + random.Next(4);
            T[] a = Reference.Random<T>(rows * lda, random), whole = Reference.Random<T>(n * ldc, random), gram = [.. whole];
            for (var i = 0; i < n; i++)
                for (var j = 0; j < i; j++) gram[i * ldc + j] = whole[i * ldc + j] = whole[j * ldc + i];
            using var team = new Team(threads);
            foreach (var width in Widths)
            {
                T[] product = [.. whole], half = [.. gram];
                Gemm.Multiply<T>(form, n, n, k, a, lda, a, lda, product, ldc, accumulate, team, width);
                Gemm.Gram<T>(form, n, k, a, lda, half, ldc, accumulate, team, width);
                for (var i = 0; i < n; i++)
                    half.AsSpan(i * ldc + i, ldc - i).ToArray().ShouldHaveTheBitsOf(product.AsSpan(i * ldc + i, ldc - i).ToArray());
                Gemm.Mirror<T>(n, half, ldc);
                half.ShouldHaveTheBitsOf(product);
            }
        }
    }

    private static T[] Transpose<T>(T[] a, int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => a[i % rows * columns + i / rows])];

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_product_of_zero_and_infinity_is_not_skipped(float bad)
    {
        foreach (var (m, n) in new[] { (3, 40), (40, 3), (40, 40), (1, 1) })
        {
            float[] a = new float[m * 20], b = Reference.Random<float>(20 * n, new Random(2)), c = new float[m * n];
            b[7 * n + n - 1] = bad;
            Gemm.Multiply<float>(GemmForm.NN, m, n, 20, a, 20, b, n, c, n, false, _team);
            for (var i = 0; i < m; i++)
                for (var j = 0; j < n; j++)
                    float.IsNaN(c[i * n + j]).ShouldBe(j == n - 1, $"({i}, {j}) of {m}×{n}");
        }
    }

    [Theory, CombinatorialForms]
    internal void A_second_call_allocates_nothing(GemmForm form, SimdWidth width)
    {
        using var team = new Team(2);
        var problem = Problem<float>.Random(form, 90, 70, 300, 5);
        void Call() => Gemm.Multiply<float>(
            form, 90, 70, 300, problem.A, problem.Lda, problem.B, problem.Ldb, problem.C, problem.Ldc, false, team, width);
        AllocationCount.Of(Call).ShouldBe(0);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        float[] x = new float[12];
        Should.Throw<ArgumentException>(() => Gemm.Multiply<float>(GemmForm.NN, 3, 4, 5, x, 5, x, 4, x, 4, false, _team))
            .Message.ShouldContain("3 rows of 5 numbers, 5 apart, do not fit into 12 numbers");
        Should.Throw<ArgumentException>(() => Gemm.Multiply<float>(GemmForm.NT, 3, 4, 3, x, 2, x, 3, x, 4, false, _team))
            .Message.ShouldContain("rows of 3 numbers cannot begin 2 numbers apart");
        Should.Throw<ArgumentException>(() =>
            Gemm.Gram<float>(GemmForm.NN, 3, 3, x, 3, x, 3, false, _team)).Message.ShouldContain("A·A is not symmetric");
        Should.Throw<ArgumentException>(() => Gemm.Gram<float>(GemmForm.TN, 3, 5, x, 3, x, 3, false, _team)).Message.ShouldContain(
            "5 rows of 3 numbers, 3 apart, do not fit into 12 numbers");
        Should.Throw<ArgumentException>(() =>
            Gemm.Mirror<float>(4, x, 4)).Message.ShouldContain("4 rows of 4 numbers, 4 apart, do not fit into 12 numbers");
        Should.Throw<NotSupportedException>(() => Gemm.Multiply<int>(GemmForm.NN, 1, 1, 1, [1], 1, [1], 1, new int[1], 1, false, _team))
            .Message.ShouldContain("float and double");
    }

    /// <summary>Every form with every SIMD width.</summary>
    private sealed class CombinatorialFormsAttribute : Xunit.v3.DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
            System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
            new([.. from form in Enum.GetValues<GemmForm>() from width in Widths select new TheoryDataRow(form, width)]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
