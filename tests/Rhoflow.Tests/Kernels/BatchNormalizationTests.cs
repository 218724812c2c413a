using System.Numerics;
using Rhoflow.Kernels;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

/// <summary>Column statistics and the passes of batch normalization: against plain loops and, backward, against finite differences.</summary>
public sealed class BatchNormalizationTests : IDisposable
{
    private readonly Team _team = new(3);

    public void Dispose() => _team.Dispose();

    public static TheoryData<int, int> Sizes => new() { { 1, 1 }, { 2, 3 }, { 17, 8 }, { 128, 33 }, { 1000, 16 }, { 5000, 5 } };

    [Theory, MemberData(nameof(Sizes))]
    public void Sums_means_and_variances_of_columns(int rows, int columns)
    {
        Check<float>();
        Check<double>();

        void Check<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            var random = new Random(rows);
            // Far from zero, where one pass over x and x² would lose the variance.
            T[] x = [.. Reference.Random<T>(rows * columns, random).Select(v => v + T.CreateChecked(1000))];
            var y = Reference.Random<T>(rows * columns, random);
            double[] means = new double[columns], variances = new double[columns], sums = new double[columns], dots = new double[columns];
            BatchStatistics.MeansAndVariances<T>(rows, columns, x, means, variances, _team);
            BatchStatistics.ColumnSums<T>(rows, columns, x, sums, _team);
            BatchStatistics.ColumnDots<T>(rows, columns, x, y, dots, _team);
            for (var c = 0; c < columns; c++)
            {
                double[] column = [.. Enumerable.Range(0, rows).Select(r => double.CreateChecked(x[r * columns + c]))];
                var mean = column.Average();
                means[c].ShouldBe(mean, 1e-10);
                variances[c].ShouldBe(column.Average(v => (v - mean) * (v - mean)), 1e-10);
                sums[c].ShouldBe(column.Sum(), 1e-10 * rows);
                dots[c].ShouldBe(column.Select((v, r) => v * double.CreateChecked(y[r * columns + c])).Sum(), 1e-10 * rows);
            }

            using var alone = new Team();
            double[] meansAlone = new double[columns], variancesAlone = new double[columns];
            BatchStatistics.MeansAndVariances<T>(rows, columns, x, meansAlone, variancesAlone, alone);
            meansAlone.ShouldHaveTheBitsOf(means);
            variancesAlone.ShouldHaveTheBitsOf(variances);
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Passes_follow_their_formulas(int rows, int columns)
    {
        Check<float>();
        Check<double>();

        void Check<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            var random = new Random(columns);
            T[] x = Reference.Random<T>(rows * columns, random), dy = Reference.Random<T>(rows * columns, random);
            T[][] p = [.. Enumerable.Range(0, 5).Select(_ => Reference.Random<T>(columns, random))];
            T[] xHat = new T[x.Length], again = new T[x.Length], y = new T[x.Length], dx = new T[x.Length];
            BatchNormalization.Normalize<T>(rows, columns, x, p[0], p[1], xHat, _team);
            BatchNormalization.NormalizeAndScale<T>(rows, columns, x, p[0], p[1], p[2], p[3], again, y, _team);
            BatchNormalization.Backward<T>(rows, columns, xHat, dy, p[2], p[3], p[4], dx, _team);
            again.ShouldHaveTheBitsOf(xHat);
            for (var i = 0; i < x.Length; i++)
            {
                var c = i % columns;
                var hat = (D(x[i]) - D(p[0][c])) * D(p[1][c]);
                Near(xHat[i], hat);
                Near(y[i], D(p[2][c]) * hat + D(p[3][c]));
                Near(dx[i], D(p[2][c]) * (D(dy[i]) - D(p[3][c]) - hat * D(p[4][c])));
            }

            static double D(T v) => double.CreateChecked(v);

            static void Near(T got, double expected)
            {
                if (!(Math.Abs(D(got) - expected) <= 20 * Reference.RoundOff<T>())) Assert.Fail($"{got} should be {expected}");
            }
        }
    }

    [Fact]
    public void Backward_is_the_derivative_of_the_normalization()
    {
        const int rows = 12, columns = 9;
        const double epsilon = 1e-3, h = 1e-5;
        var random = new Random(4);
        double[] x = Reference.Random<double>(rows * columns, random), dy = Reference.Random<double>(rows * columns, random);
        double[] gamma = Reference.Random<double>(columns, random), beta = Reference.Random<double>(columns, random);
        double[] xHat = new double[x.Length], y = new double[x.Length], mu = new double[columns], s = new double[columns];

        double Objective()
        {
            BatchStatistics.MeansAndVariances<double>(rows, columns, x, mu, s, _team);
            for (var c = 0; c < columns; c++) s[c] = 1 / Math.Sqrt(s[c] + epsilon);
            BatchNormalization.NormalizeAndScale<double>(rows, columns, x, mu, s, gamma, beta, xHat, y, _team);
            return Elementwise.Dot<double>(y, dy);
        }

        Objective();
        double[] k = new double[columns], a = new double[columns], b = new double[columns], dx = new double[x.Length];
        BatchStatistics.ColumnSums<double>(rows, columns, dy, a, _team);
        BatchStatistics.ColumnDots<double>(rows, columns, dy, xHat, b, _team);
        for (var c = 0; c < columns; c++) (k[c], a[c], b[c]) = (gamma[c] * s[c], a[c] / rows, b[c] / rows);
        BatchNormalization.Backward<double>(rows, columns, xHat, dy, k, a, b, dx, _team);
        for (var i = 0; i < x.Length; i++)
        {
            var at = x[i];
            x[i] = at + h;
            var up = Objective();
            x[i] = at - h;
            var down = Objective();
            x[i] = at;
            dx[i].ShouldBe((up - down) / (2 * h), 1e-7);
        }
    }

    [Fact]
    public void Sizes_that_do_not_match_are_refused()
    {
        Should.Throw<ArgumentException>(() => BatchStatistics.ColumnSums<float>(3, 4, new float[11], new double[4], _team))
            .Message.ShouldBe("11 numbers are no matrix of 3 × 4");
        Should.Throw<ArgumentException>(() => BatchStatistics.ColumnSums<float>(3, 4, new float[12], new double[3], _team))
            .Message.ShouldBe("3 numbers are not one for each of 4 columns");
    }
}
