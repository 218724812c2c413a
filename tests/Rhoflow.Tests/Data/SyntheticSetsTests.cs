using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

public class SyntheticSetsTests
{
    private static Dataset Draw(string name, int examples, long seed, params double[] values)
    {
        var set = SyntheticSets.All.Single(s => s.Name == name);
        return set.Draw(examples, [.. set.Parameters.Select((p, i) => i < values.Length ? values[i] : p.Default)], seed);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        foreach (var set in SyntheticSets.All)
        {
            var a = Draw(set.Name, 40, 3);
            Draw(set.Name, 40, 3).X.SequenceEqual(a.X).ShouldBeTrue(set.Name);
            Draw(set.Name, 40, 3).Y.SequenceEqual(a.Y).ShouldBeTrue(set.Name);
            Draw(set.Name, 40, 4).X.SequenceEqual(a.X).ShouldBeFalse(set.Name);
            (a.Count, a.IsBinary).ShouldBe((40, true), set.Name);
        }
    }

    [Fact]
    public void A_mixture_with_a_margin_is_separable_through_the_origin_with_at_least_it()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var data = Draw("gaussian-mixture", 60, seed, 5, 2, 1.5, .4);
            HardMargin.Solve(data).Margin.ShouldBeGreaterThanOrEqualTo(.4);
            data.Y.ToArray().Sum().ShouldBe(0);
        }
        Should.Throw<DataException>(() => Draw("gaussian-mixture", 60, 0, 5, 2, 0, 40)).Message.ShouldContain("a margin of 40 is too rare");
        Should.Throw<DataException>(() =>
            Draw("gaussian-mixture", 60, 0, 3, 4)).Message.ShouldContain("4 components need at least as many inputs; 3 were given");
    }

    // Class means are the simplex: ‖μ_c‖ = distance, ⟨μ_b, μ_c⟩ = −distance²/(C − 1). Sample means deviate by about 1/√(N/C).
    [Fact]
    public void Means_of_a_mixture_are_a_regular_simplex()
    {
        const int count = 40_000, d = 6, components = 4;
        var data = Draw("gaussian-mixture", count, 1, d, components, 3);
        data.ClassNames.ShouldBe(["0", "1", "2", "3"]);
        var mean = new double[components][];
        for (var c = 0; c < components; c++) mean[c] = new double[d];
        for (var n = 0; n < count; n++)
            for (var i = 0; i < d; i++) mean[(int)data.Y[n]][i] += data.Example(n)[i] / (count / components);
        for (var b = 0; b < components; b++)
            for (var c = 0; c < components; c++) Vectors.Dot(mean[b], mean[c]).ShouldBe(b == c ? 9 : -3, .2);
    }

    [Fact]
    public void Xor_keeps_its_cross_empty_and_labels_by_the_product()
    {
        var data = Draw("xor", 500, 2, 3, .25);
        for (var n = 0; n < 500; n++)
        {
            var x = data.Example(n);
            data.Y[n].ShouldBe(Math.Sign(x[0] * x[1]));
            Math.Abs(x[0]).ShouldBeInRange(.25, 1);
            Math.Abs(x[1]).ShouldBeInRange(.25, 1);
            Math.Abs(x[2]).ShouldBeLessThanOrEqualTo(1);
        }
        Should.Throw<NotSeparableException>(() => HardMargin.Solve(data, bias: true));
        Should.Throw<DataException>(() => Draw("xor", 5, 0, 2, 1)).Message.ShouldContain("leaves nothing");
    }

    [Fact]
    public void Moons_without_noise_lie_on_their_half_circles()
    {
        var data = Draw("two-moons", 200, 5, 0);
        for (var n = 0; n < 200; n++)
        {
            var (x, y, plus) = (data.Example(n)[0], data.Example(n)[1], data.Y[n] > 0);
            Math.Sqrt(Math.Pow(x - (plus ? 0 : 1), 2) + Math.Pow(y - (plus ? 0 : .5), 2)).ShouldBe(1, 1e-14);
            (plus ? y : .5 - y).ShouldBeGreaterThanOrEqualTo(0);
        }
    }

    [Fact]
    public void Points_of_the_random_sphere_have_norm_1_and_fair_labels()
    {
        var data = Draw("random-sphere", 4000, 5, 7);
        for (var n = 0; n < 4000; n += 37) Vectors.Norm(data.Example(n)).ShouldBe(1, 1e-14);
        Math.Abs(data.Y.ToArray().Sum()).ShouldBeLessThan(4 * Math.Sqrt(4000));
    }
}
