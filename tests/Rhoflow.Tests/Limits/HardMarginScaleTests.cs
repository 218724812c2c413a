using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

/// <summary>Margins that float64 resolves only with care: columns and examples of very different size, near-duplicates, 1e±200.</summary>
public class HardMarginScaleTests
{
    private const int Bits = 900;

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e-6)]
    [InlineData(3e-12)]
    [InlineData(1e-14)]
    public void Opposite_examples_that_nearly_coincide_have_their_small_margin(double gap)
    {
        var data = new Dataset("near", [1, 1, 1, 1, 1 + gap, 1, 2, 3, 1, -1, -2, 1], [1, -1, 1, -1], 3);
        var e = 1 + gap - 1;
        var s = HardMargin.Solve(data);
        // z_0 + z_1 = (0, −e, 0) and z_2 = (2, 3, 1): w by hand.
        double[] w = [4 / e, -2 / e, 1 - 2 / e];
        s.Margin.ShouldBe(1 / Vectors.Norm(w), 1e-11 / Vectors.Norm(w));
        s.SupportVectors.ShouldBe([0, 1, 2]);
        s.ActiveSupportVectors.ShouldBe([0, 1, 2]);
        s.Multiplicity.ShouldBe(0);
        Vectors.Angle(w, s.Direction).ShouldBeLessThan(1e-7);
        var expansion = FixedRhoExpansion.Of(data, s);
        // e^{−c·z_n} ∝ α_n on the support vectors, up to the rounding of c·z_n.
        var z = data.Signed();
        var levels = s.SupportVectors.Select(n => Vectors.Dot(z.AsSpan(3 * n, 3), expansion.C) + Math.Log(s.DualShares[n])).ToArray();
        (levels.Max() - levels.Min()).ShouldBeLessThan(1e-11);
        (Vectors.Dot(s.Direction, expansion.C) / expansion.Norm).ShouldBe(0, 1e-9);
    }

    [Fact]
    public void Columns_of_very_different_size_have_the_support_vectors_of_an_exhaustive_search()
    {
        var seed = Random.Shared.Next();
        for (var draw = 0; draw < 12; draw++)
        {
            var random = new Random(seed + draw);
            var data = Problems.Separable(seed + draw, 9, 3, .2);
            double[] scale = draw % 3 == 0 ? [1e7, 1, 1e-6] : draw % 3 == 1 ? [1e-6, 1e7, 1] : [1e12, 1, 1e-9];
            var x = data.X.ToArray();
            for (var i = 0; i < x.Length; i++) x[i] *= scale[i % 3];
            data = data.WithInputs(x, 3);
            var (support, margin) = Exhaustive(data);
            var s = HardMargin.Solve(data);
            s.SupportVectors.ShouldBe(support, $"seed {seed} + {draw}");
            s.Margin.ShouldBe(margin, 1e-11 * margin);
            s.Multiplicity.ShouldBe(0);
        }
    }

    [Fact]
    public void A_copy_is_a_tie_and_a_neighbour_is_not()
    {
        // The third column needs w = 1e6; the first, 1e7, must not widen what counts as a tie.
        double[] x = [1e7, 1, 1e-6, -1e7, -1, 1e-6, 1e7, 1, 1e-6, 1e7, 1, 1.0000001e-6];
        var s = HardMargin.Solve(new Dataset("ties", x, [1, 1, 1, 1], 3));
        s.SupportVectors.ShouldBe([0, 1, 2]);
        s.Multiplicity.ShouldBe(1);
        s.Margin.ShouldBe(1e-6, 1e-17);
    }

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e200)]
    [InlineData(1e-300)]
    public void A_common_scale_of_any_size_scales_the_margin_alone(double scale)
    {
        foreach (var bias in new[] { false, true })
        {
            var data = Problems.Separable(5, 20, 4, .3);
            var s = HardMargin.Solve(data, bias);
            var scaled = HardMargin.Solve(data.WithInputs([.. data.X.ToArray().Select(v => v * scale)], 4), bias);
            scaled.Margin.ShouldBe(s.Margin * scale, 1e-12 * s.Margin * scale);
            scaled.Bias.ShouldBe(s.Bias * scale, 1e-12 * scale);
            scaled.SupportVectors.ShouldBe(s.SupportVectors);
            Vectors.Angle(scaled.Direction, s.Direction).ShouldBeLessThan(1e-7);
            for (var n = 0; n < 20; n++) scaled.DualShares[n].ShouldBe(s.DualShares[n], 1e-12);
        }
        var targets = new Dataset("targets", [1, 2, 3, 4, 5, 7], [1, 0, 2], 2);
        var known = MinimumNorm.Of(targets).Weights;
        var least = MinimumNorm.Of(targets.WithInputs([.. targets.X.ToArray().Select(v => v * scale)], 2)).Weights;
        for (var i = 0; i < 2; i++) (least[i] * scale).ShouldBe(known[i], 1e-12);
    }

    [Fact]
    public void What_is_inseparable_exactly_stays_so()
    {
        var data = new Dataset("opposite", [1e8, -1e8, 1, 2e8, -2e8, 2, 3, 1, 1], [1, -1, 1], 3);
        Should.Throw<NotSeparableException>(() => HardMargin.Solve(data)).Residual.ShouldBeLessThan(1e-15);
    }

    // Of all sets of at most three examples, w = Z⁺1 and α = K⁻¹1 by Cramer's rule, the one that satisfies all KKT conditions.
    private static (int[] Support, double Margin) Exhaustive(Dataset data)
    {
        var z = Enumerable.Range(0, data.Count)
            .Select(n => data.Example(n).ToArray().Select(v => BigFloat.Of(data.Y[n] * v, Bits)).ToArray()).ToArray();
        var one = BigFloat.Of(1, Bits);
        BigFloat Inner(int a, int b) => BigFloat.Dot(z[a], z[b]);
        foreach (var set in Subsets(data.Count))
        {
            var k = set.Length;
            var gram = new BigFloat[3, 3];
            for (var i = 0; i < 3; i++)
                for (var j = 0; j < 3; j++)
                    gram[i, j] = i < k && j < k ? Inner(set[i], set[j]) : BigFloat.Of(i == j ? 1 : 0, Bits);
            var determinant = Determinant(gram);
            if (determinant.Sign == 0) continue;
            var alpha = new BigFloat[k];
            for (var c = 0; c < k; c++)
            {
                var replaced = (BigFloat[,])gram.Clone();
                for (var i = 0; i < k; i++) replaced[i, c] = one;
                alpha[c] = Determinant(replaced) / determinant;
            }
            if (alpha.Any(static a => a.Sign <= 0)) continue;
            var w = Enumerable.Range(0, 3).Select(i => BigFloat.Dot(alpha, [.. set.Select(n => z[n][i])])).ToArray();
            if (z.Any(row => (one - BigFloat.Dot(row, w)) is { Sign: > 0, Magnitude: > -200 })) continue;
            return (set, (one / BigFloat.Sqrt(BigFloat.Dot(w, w))).ToDouble());
        }
        throw new InvalidOperationException("no set of examples satisfies the KKT conditions");
    }

    private static IEnumerable<int[]> Subsets(int count)
    {
        for (var a = 0; a < count; a++)
        {
            yield return [a];
            for (var b = a + 1; b < count; b++)
            {
                yield return [a, b];
                for (var c = b + 1; c < count; c++) yield return [a, b, c];
            }
        }
    }

    private static BigFloat Determinant(BigFloat[,] m) =>
        m[0, 0] * (m[1, 1] * m[2, 2] - m[1, 2] * m[2, 1]) - m[0, 1] * (m[1, 0] * m[2, 2] - m[1, 2] * m[2, 0])
            + m[0, 2] * (m[1, 0] * m[2, 1] - m[1, 1] * m[2, 0]);
}
