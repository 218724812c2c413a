using FsCheck.Fluent;
using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Limits;

public sealed class HardMarginTests
{
    [Fact]
    public void Iris_setosa_has_the_known_margin_and_support_vectors()
    {
        var s = HardMargin.Solve(Problems.Setosa);
        s.Margin.ShouldBe(0.743137, 5e-7);
        s.SupportVectors.ShouldBe([24, 41, 98]);
        s.ActiveSupportVectors.ShouldBe([24, 41, 98]);
        s.Multiplicity.ShouldBe(0);
        s.KktResidual.ShouldBeLessThan(1e-14);
        (s.Margin * Vectors.Norm(s.MinimumNorm)).ShouldBe(1, 2e-15);
        Vectors.Norm(s.Direction).ShouldBe(1, 1e-15);
        (s.Dual.ToArray().Sum() * s.Margin * s.Margin).ShouldBe(1, 1e-13);
    }

    [Fact]
    public void Dual_coordinate_ascent_finds_the_same_separator()
    {
        foreach (var data in new[] { Problems.Setosa, Problems.TwoByTwo, Problems.Separable(3, 60, 5, .3),
            Problems.Separable(4, 8, 30, .1) })
        {
            var w = Problems.DualCoordinateAscent(data, 200_000);
            Vectors.Angle(w, HardMargin.Solve(data).Direction).ShouldBeLessThan(1e-9);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(5, 300)]
    [InlineData(40, 40)]
    [InlineData(200, 2)]
    [InlineData(2000, 50)]
    public void Every_shape_is_solved_to_rounding(int count, int d)
    {
        foreach (var margin in new[] { 1e-6, .01, 2 })
        {
            var data = Problems.Separable(count + d, count, d, margin);
            Certify(data, HardMargin.Solve(data), bias: false);
        }
    }

    [Fact]
    public void Random_separable_sets_satisfy_the_KKT_conditions() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(
            Gen.Choose(0, int.MaxValue / 2).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                var data = Problems.Separable(seed, random.Next(2, 80), random.Next(1, 12), Math.Pow(10, -6 * random.NextDouble()),
                    random.NextDouble());
                if (random.Next(2) == 0) data = Stretch(data, random);
                foreach (var bias in new[] { false, true })
                {
                    HardMarginSolution s;
                    try { s = HardMargin.Solve(data, bias); }
                    catch (NotSeparableException e)
                    {
                        CertifyNot(data, e, bias);
                        continue;
                    }
                    Certify(data, s, bias);
                }
            }));

    [Fact]
    public void A_bias_is_a_difference_of_hulls()
    {
        // Two squares, one unit apart: the hyperplane x = 2.5 with margin ½.
        var data = new Dataset("squares", [1, 0, 2, 0, 1, 1, 2, 1, 3, 0, 4, 0, 3, 1, 4, 1], [-1, -1, -1, -1, 1, 1, 1, 1], 2);
        var s = HardMargin.Solve(data, bias: true);
        s.Direction[0].ShouldBe(1, 1e-15);
        s.Direction[1].ShouldBe(0, 1e-15);
        s.Bias.ShouldBe(-2.5, 1e-14);
        s.Margin.ShouldBe(.5, 1e-15);
        s.SupportVectors.ShouldBe([1, 3, 4, 6]);
        s.Multiplicity.ShouldBe(1);
        Certify(data, s, bias: true);
    }

    [Fact]
    public void With_a_bias_a_common_offset_changes_nothing_but_b()
    {
        var data = Problems.Separable(11, 50, 4, .2);
        var s = HardMargin.Solve(data, bias: true);
        var shift = new[] { 1024.0, -512, 256, 2048 };
        var moved = HardMargin.Solve(data.WithInputs([.. data.X.ToArray().Select((v, i) => v + shift[i % 4])], 4), bias: true);
        Vectors.Angle(moved.Direction, s.Direction).ShouldBeLessThan(1e-11);
        moved.Bias.ShouldBe(s.Bias - Vectors.Dot(s.Direction, shift), 1e-9);
        s.Margin.ShouldBeGreaterThanOrEqualTo(HardMargin.Solve(data).Margin);
        // The same through a penalised constant input: as the constant grows its weight costs nothing.
        var wide = data.WithInputs([.. Enumerable.Range(0, 50).SelectMany(n => data.Example(n).ToArray().Append(1e6))], 5);
        Vectors.Angle(HardMargin.Solve(wide).Direction[..4], s.Direction).ShouldBeLessThan(1e-8);
    }

    [Fact]
    public void Scaling_rotation_and_permutation_carry_over()
    {
        var data = Problems.Separable(5, 40, 6, .05);
        var s = HardMargin.Solve(data);
        foreach (var c in new[] { 1024.0, Math.ScaleB(1, 400), Math.ScaleB(1, -400) })
        {
            var scaled = HardMargin.Solve(data.WithInputs([.. data.X.ToArray().Select(v => v * c)], 6));
            scaled.Direction.ToArray().ShouldBe(s.Direction.ToArray());
            scaled.Margin.ShouldBe(c * s.Margin, 1e-15 * c);
            scaled.SupportVectors.ShouldBe(s.SupportVectors);
        }
        var q = Problems.Rotation(1, 6);
        var rotated = HardMargin.Solve(
            data.WithInputs([.. Enumerable.Range(0, 40).SelectMany(n => Problems.Apply(q, data.Example(n)))], 6));
        Vectors.Angle(rotated.Direction, Problems.Apply(q, s.Direction.ToArray())).ShouldBeLessThan(1e-13);
        var order = Enumerable.Range(0, 40).OrderBy(n => n * 17 % 40).ToArray();
        var permuted = HardMargin.Solve(data.Choose(order));
        Vectors.Angle(permuted.Direction, s.Direction).ShouldBeLessThan(1e-14);
        permuted.SupportVectors.Select(n => order[n]).Order().ShouldBe(s.SupportVectors);
    }

    [Fact]
    public void Duplicates_and_ties_are_all_support_vectors()
    {
        var data = Problems.Setosa;
        var doubled = data.Choose([.. Enumerable.Range(0, 150), 24, 41, 98, 98]);
        var s = HardMargin.Solve(doubled);
        s.SupportVectors.ShouldBe([24, 41, 98, 150, 151, 152, 153]);
        s.Multiplicity.ShouldBe(4);
        s.Margin.ShouldBe(HardMargin.Solve(data).Margin, 1e-15);
        Certify(doubled, s, bias: false);

        // Eight corners of a cube's two faces, all at margin 1: seen from the origin and with a bias.
        var corners = Enumerable.Range(0, 8).SelectMany(i => new double[] { i % 2 * 2 - 1, i / 2 % 2, i / 4 % 2 }).ToArray();
        var cube = new Dataset("cube", corners, [-1, 1, -1, 1, -1, 1, -1, 1], 3);
        var faces = HardMargin.Solve(cube);
        faces.Direction[0].ShouldBe(1, 1e-15);
        faces.SupportVectors.Count.ShouldBe(8);
        Certify(cube, HardMargin.Solve(cube, bias: true), bias: true);
    }

    [Fact]
    public void Features_and_examples_of_very_different_size_are_no_trouble()
    {
        var random = new Random(8);
        var data = Problems.Separable(8, 60, 5, .5);
        var x = data.X.ToArray();
        for (var i = 0; i < x.Length; i++) x[i] *= Math.Pow(10, i % 5 * 3 - 6);
        Certify(data.WithInputs(x, 5), HardMargin.Solve(data.WithInputs(x, 5)), bias: false);
        for (var n = 0; n < 60; n++)
        {
            var c = Math.Pow(10, 12 * random.NextDouble() - 6);
            for (var i = 0; i < 5; i++) x[n * 5 + i] = data.X[n * 5 + i] * c;
        }
        Certify(data.WithInputs(x, 5), HardMargin.Solve(data.WithInputs(x, 5)), bias: false);
    }

    [Fact]
    public void Hostile_sets_get_either_a_separator_or_a_certificate()
    {
        // Grids full of ties and duplicates, dependent features, entries and features over twelve decades, labels partly at random.
        var (separated, certified) = (0, 0);
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            int d = random.Next(1, 8), count = random.Next(1, 40), kind = random.Next(5);
            double[] x = new double[count * d], y = new double[count], v = Problems.Normal(random, d);
            for (var n = 0; n < count; n++)
            {
                var row = x.AsSpan(n * d, d);
                for (var j = 0; j < d; j++)
                    row[j] = kind switch
                    {
                        0 => random.Next(-2, 3),
                        1 => random.Next(0, 2),
                        2 => random.NextDouble(),
                        3 => random.Next(-3, 4) * Math.Pow(10, 2 * j - 6),
                        _ => Math.Pow(10, 12 * random.NextDouble() - 6) * (random.Next(2) * 2 - 1),
                    };
                if (random.Next(4) == 0 && d > 2) row[2] = row[0] + .1 * row[1];
                y[n] = random.Next(3) == 0 ? random.Next(2) * 2 - 1 : Vectors.Dot(row, v) >= 0 ? 1 : -1;
            }
            var data = new Dataset($"hostile {seed}", x, y, d);
            foreach (var bias in new[] { false, true })
            {
                if (bias && (!y.Contains(1) || !y.Contains(-1))) continue;
                try
                {
                    HardMargin.Solve(data, bias).KktResidual.ShouldBeLessThan(1e-13);
                    separated++;
                }
                catch (NotSeparableException e)
                {
                    CertifyNot(data, e, bias);
                    e.Residual.ShouldBeLessThan(1e-14);
                    certified++;
                }
            }
        }
        Math.Min(separated, certified).ShouldBeGreaterThan(800);
    }

    [Fact]
    public void One_example_is_its_own_direction()
    {
        var s = HardMargin.Solve(new Dataset("one", [3, -4], [-1], 2));
        s.Direction.ToArray().ShouldBe([-.6, .8], 2e-16);
        s.Margin.ShouldBe(5, 1e-15);
        s.Dual[0].ShouldBe(1 / 25.0, 1e-17);
    }

    [Fact]
    public void Data_that_cannot_be_separated_come_with_a_certificate()
    {
        foreach (var (a, b) in new[] { ("versicolor", "virginica"), ("virginica", "versicolor") })
            foreach (var bias in new[] { false, true })
            {
                var data = Iris.Load().Binary(a, b);
                var e = Should.Throw<NotSeparableException>(() => HardMargin.Solve(data, bias));
                CertifyNot(data, e, bias);
                e.Message.ShouldContain("not linearly separable");
                e.Message.ShouldContain($"example {e.Involved[0]}");
            }
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            int d = random.Next(1, 9), count = 6 * d + 4;
            var y = Enumerable.Range(0, count).Select(n => n % 2 * 2.0 - 1).ToArray();
            var data = new Dataset("noise", Problems.Normal(random, count * d), y, d);
            try { Certify(data, HardMargin.Solve(data), bias: false); }
            catch (NotSeparableException e) { CertifyNot(data, e, bias: false); }
        }
    }

    [Fact]
    public void The_smallest_inseparable_sets_are_recognised()
    {
        var opposite = new Dataset("opposite", [1, 2, 2, 4], [1, -1], 2);
        Should.Throw<NotSeparableException>(() => HardMargin.Solve(opposite)).Certificate.ShouldBe([2.0 / 3, 1.0 / 3], 1e-15);
        HardMargin.Solve(opposite, bias: true).Margin.ShouldBe(Math.Sqrt(5) / 2, 1e-14);
        var zero = new Dataset("zero", [1, 2, 0, 0], [1, -1], 2);
        Should.Throw<NotSeparableException>(() => HardMargin.Solve(zero)).Certificate.ShouldBe([0, 1.0]);
        var same = new Dataset("same", [1, 2, 1, 2, 5, 5], [1, -1, 1], 2);
        Should.Throw<NotSeparableException>(() => HardMargin.Solve(same, bias: true)).Certificate.ShouldBe([.5, .5, 0.0], 1e-15);
        var xor = new Dataset("xor", [0, 0, 1, 1, 0, 1, 1, 0], [1, 1, -1, -1], 2);
        Should.Throw<NotSeparableException>(() => HardMargin.Solve(xor, bias: true)).Certificate.ShouldBe([.25, .25, .25, .25], 1e-15);
    }

    [Fact]
    public void What_cannot_be_asked_is_explained()
    {
        Should.Throw<DataException>(() => HardMargin.Solve(Iris.Load())).Message.ShouldContain("labels −1 and +1");
        Should.Throw<DataException>(() => HardMargin.Solve(Problems.TwoByTwo, bias: true)).Message.ShouldContain("one class");
    }

    private static Dataset Stretch(Dataset data, Random random)
    {
        var x = data.X.ToArray();
        var c = Enumerable.Range(0, data.Inputs).Select(_ => Math.Pow(10, 6 * random.NextDouble() - 3)).ToArray();
        for (var i = 0; i < x.Length; i++) x[i] *= c[i % data.Inputs];
        return data.WithInputs(x, data.Inputs);
    }

    // Optimality checked again from the data alone: weak duality pins γ between min_n and the distance of the hull.
    private static void Certify(Dataset data, HardMarginSolution s, bool bias)
    {
        s.KktResidual.ShouldBeLessThanOrEqualTo(1e-12);
        s.Dual.ToArray().ShouldAllBe(a => a >= 0);
        s.Margin.ShouldBeGreaterThan(0);
        (s.Margin * Vectors.Norm(s.MinimumNorm)).ShouldBe(1, 1e-12 * (1 + Largest(data) / s.Margin));
        s.SupportVectors.ShouldBeUnique();
        for (var n = 0; n < data.Count; n++)
            if (s.Dual[n] > 0) s.SupportVectors.ShouldContain(n);
        var total = s.Dual.ToArray().Sum();
        var hull = new double[data.Inputs];
        for (var n = 0; n < data.Count; n++) Vectors.Add(s.Dual[n] / total * data.Y[n], data.Example(n), hull);
        var smallest = double.PositiveInfinity;
        for (var n = 0; n < data.Count; n++)
            smallest = Math.Min(smallest, data.Y[n] * (Vectors.Dot(s.Direction, data.Example(n)) + s.Bias));
        var rounding = 1e-13 * Largest(data);
        smallest.ShouldBe(Vectors.Norm(hull), rounding);
        smallest.ShouldBe(s.Margin, rounding);
    }

    private static void CertifyNot(Dataset data, NotSeparableException e, bool bias)
    {
        e.Certificate.ShouldAllBe(c => c >= 0);
        e.Certificate.Sum().ShouldBe(1, 1e-14);
        e.Residual.ShouldBeLessThan(1e-13);
        var sum = new double[data.Inputs];
        for (var n = 0; n < data.Count; n++) Vectors.Add(e.Certificate[n] * data.Y[n], data.Example(n), sum);
        Vectors.Norm(sum).ShouldBeLessThanOrEqualTo(1e-13 * Largest(data));
        if (bias) e.Certificate.Select((c, n) => c * data.Y[n]).Sum().ShouldBe(0, 1e-14);
        e.Involved.Count.ShouldBeLessThanOrEqualTo((data.Inputs + 1) * (bias ? 2 : 1));
    }

    private static double Largest(Dataset data) => Enumerable.Range(0, data.Count).Max(n => Vectors.Norm(data.Example(n)));
}
