using Rhoflow.Kernels;
using Rhoflow.Measures.Collapse;
using Rhoflow.Measures.Margins;
using Rhoflow.Observations;
using Rhoflow.Tests.Kernels;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Observations;

/// <summary>Features in memory that was lent: rows after the last do not count.</summary>
public sealed class FeatureMatrixTests
{
    private const int Count = 700, Width = 33, Classes = 4;

    [Fact]
    public void What_an_array_holds_behind_the_last_row_changes_nothing()
    {
        var own = Reference.Random<float>(Count * Width, new Random(3));
        float[] lent = [.. own, .. Enumerable.Repeat(float.NaN, 1000)];
        FeatureMatrix x = FeatureMatrix.Of(own, Width), y = FeatureMatrix.Of(lent, Width, Count);
        y.Count.ShouldBe(Count);
        y.Row(Count - 1).ShouldBe(x.Row(Count - 1));
        FeatureMargins.Variation(y).ShouldBe(FeatureMargins.Variation(x));
        var labels = ClassLabels.OfTargets([.. Enumerable.Range(0, Count).Select(static n => (double)(n % Classes))], Classes);
        using var team = new Team(2);
        ClassMeans a = ClassMeans.Of(x, labels, team), b = ClassMeans.Of(y, labels, team);
        b.Centered().ShouldHaveTheBitsOf(a.Centered());
        // The rows in between are lent as well, and came back with others' numbers.
        a.EachBlock(x, labels, team, static (_, _, rows) => Array.Fill(rows, double.NaN));
        b.WithinScatter(y, labels, team).ShouldHaveTheBitsOf(a.WithinScatter(x, labels, team));
    }

    [Fact]
    public void Rows_that_are_not_there_are_refused()
    {
        Should.Throw<ArgumentException>(() =>
            FeatureMatrix.Of(new double[10], 3)).Message.ShouldContain("10 numbers are not whole rows of 3");
        Should.Throw<ArgumentException>(() =>
            FeatureMatrix.Of(new double[10], 3, 4)).Message.ShouldContain("10 numbers are less than 4 rows of 3");
    }
}
