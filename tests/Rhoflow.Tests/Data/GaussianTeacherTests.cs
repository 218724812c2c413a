using Rhoflow.Data;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Data;

public class GaussianTeacherTests
{
    [Theory]
    [InlineData(40, 5, 0)]
    [InlineData(41, 3, 7)]
    [InlineData(200, 16, -3)]
    public void Inputs_have_norm_1_and_the_classes_are_balanced(int examples, int inputs, long seed)
    {
        var data = GaussianTeacher.Draw(examples, inputs, seed, units: 12);
        data.Count.ShouldBe(examples);
        for (var n = 0; n < examples; n++) Vectors.Norm(data.Example(n)).ShouldBe(1, 1e-14);
        data.IsBinary.ShouldBeTrue();
        data.Y.ToArray().Count(y => y > 0).ShouldBe(examples / 2);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_other_ones()
    {
        var a = GaussianTeacher.Draw(30, 4, 5);
        GaussianTeacher.Draw(30, 4, 5).X.SequenceEqual(a.X).ShouldBeTrue();
        GaussianTeacher.Draw(30, 4, 5).Y.SequenceEqual(a.Y).ShouldBeTrue();
        GaussianTeacher.Draw(30, 4, 6).X.SequenceEqual(a.X).ShouldBeFalse();
        GaussianTeacher.Draw(50, 4, 5).X[..(30 * 4)].SequenceEqual(a.X).ShouldBeTrue();
    }

    // Directions are uniform: Σ x xᵀ/N → I/d, each entry with a deviation of about 1/(d√N).
    [Fact]
    public void Directions_are_isotropic()
    {
        const int count = 20000, d = 4;
        var x = GaussianTeacher.Draw(count, d, 1).X;
        for (var i = 0; i < d; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = 0.0;
                for (var n = 0; n < count; n++) sum += x[n * d + i] * x[n * d + j];
                (sum / count).ShouldBe(i == j ? 1.0 / d : 0, 0.012);
            }
    }

    // The labels are those of a function: a teacher with one unit is linear where it is on, so its labels are separable there.
    [Fact]
    public void One_unit_labels_by_a_half_space()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var data = GaussianTeacher.Draw(60, 3, seed, units: 1);
            Rhoflow.Limits.HardMargin.Solve(data, bias: true).Margin.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void Sizes_below_1_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => GaussianTeacher.Draw(0, 3, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => GaussianTeacher.Draw(3, 0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => GaussianTeacher.Draw(3, 3, 0, units: 0));
    }
}
