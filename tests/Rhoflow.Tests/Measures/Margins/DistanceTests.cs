using Rhoflow.Losses;
using Rhoflow.Measures.Margins;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Margins;

public class DistanceTests
{
    public static TheoryData<string> Networks => new("relu", "convolutional", "normalized", "diagonal");

    private static Network Net(string name) => name switch
    {
        "relu" => Network.Dense(24, 5, 4, 3),
        "convolutional" => Observations.Convolutional(3),
        "diagonal" => new NetworkBuilder(24).Diagonal().Then(Activation.Power(2)).Dense(3).Build(),
        _ => Observations.Normalized(3),
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Input_gradients_are_differences(string name)
    {
        var network = Net(name);
        var data = Observations.Classes(1, 3, 24, 3);
        double[] theta = Initialization.Kaiming(network, new RandomStream(2)), statistics = Observations.Statistics(network, 3), weights =
            [.3, -1, 2];
        using var team = new Rhoflow.Kernels.Team(2);
        var gradients = new InputGradients<double>(network, theta, statistics, team);
        // All at a time, though the kinks of one have nothing to do with the others.
        var f = gradients.Outputs(data).ToArray();
        var all = gradients.At([.. weights, .. weights, .. weights]).ToArray();
        for (var n = 0; n < 3; n++)
        {
            var x = data.Example(n).ToArray();
            var g = all[(n * 24)..((n + 1) * 24)];
            using (var passes = Observations.Passes(network, Loss.CrossEntropy, data, theta, statistics))
                for (var c = 0; c < 3; c++) f[n * 3 + c].ShouldBe(passes.Outputs[n * 3 + c], 1e-13);
            for (var i = 0; i < x.Length; i++)
            {
                double At(double h)
                {
                    double[] moved = [.. x];
                    moved[i] += h;
                    using var passes = Observations.Passes(network, Loss.CrossEntropy, new Rhoflow.Data.Dataset("one", moved, [0], 24),
                        theta, statistics);
                    return Vectors.Dot(passes.Outputs, weights);
                }
                g[i].ShouldBe((At(1e-6) - At(-1e-6)) / 2e-6, 1e-7);
            }
        }
    }

    [Fact]
    public void Of_a_linear_network_both_distances_are_to_its_plane()
    {
        var data = Problems.Separable(1, 10, 3, .4);
        double[] w = [1, -2, .5];
        var input = Observations.At(Network.Dense(3, 1), Loss.Logistic, data, w);
        double[] expected = [.. Enumerable.Range(0, 10).Select(n => data.Y[n] * Vectors.Dot(w, data.Example(n)) / Vectors.Norm(w)).Order()];
        input.Column("input_margin_min").ShouldBe(expected[0], 1e-14);
        input.Column("input_margin_mean").ShouldBe(expected.Average(), 1e-14);
        input.Column("input_margin_median").ShouldBe((expected[4] + expected[5]) / 2, 1e-14);
        var spread = Math.Sqrt(Enumerable.Range(0, 3).Sum(i =>
        {
            double[] column = [.. Enumerable.Range(0, 10).Select(n => data.Example(n)[i])];
            return column.Average(x => (x - column.Average()) * (x - column.Average()));
        }));
        input.Column("feature_margin_min").ShouldBe(expected[0] / spread, 1e-14);
        input.Column("feature_margin_median").ShouldBe((expected[4] + expected[5]) / 2 / spread, 1e-14);
    }

    // A step of that length along the difference of two rows makes the two outputs equal.
    [Fact]
    public void A_step_by_the_distance_ties_the_strongest_classes()
    {
        var network = Network.Dense(4, 6, 3);
        var data = Observations.Classes(5, 9, 4, 3);
        var theta = Initialization.Kaiming(network, new RandomStream(4));
        using var passes = Observations.Passes(network, Loss.CrossEntropy, data, theta);
        var w = network.Layers[1].Matrix(theta);
        var distances = FeatureMargins.Distances(passes.Outputs, data.Y, 1, w);
        var features = passes.Features(2);
        for (var n = 0; n < 9; n++)
        {
            var y = (int)data.Y[n];
            Margin.Of(passes.Outputs.Slice(n * 3, 3), y, out var rival);
            double[] h = features.Row(n), direction = [.. w[y].Zip(w[rival], static (a, b) => a - b)];
            Vectors.Add(-distances[n] / Vectors.Norm(direction), direction, h);
            Vectors.Dot(w[y], h).ShouldBe(Vectors.Dot(w[rival], h), 1e-13);
        }
    }

    [Fact]
    public void Feature_margins_do_not_see_the_scale_of_any_layer()
    {
        var network = Observations.Convolutional(3);
        var data = Observations.Classes(6, 20, network.Inputs, 3);
        var theta = Initialization.Kaiming(network, new RandomStream(5));
        var input = Observations.At(network, Loss.CrossEntropy, data, theta, test: data);
        double[] scaled = [.. theta];
        for (var k = 0; k < 3; k++) Vectors.Scale(k + 2.5, network.Layers[k].Of(scaled), network.Layers[k].Of(scaled));
        var other = Observations.At(network, Loss.CrossEntropy, data, scaled);
        foreach (var column in (string[])["feature_margin_min", "feature_margin_mean", "feature_margin_median"])
        {
            other.Column(column).ShouldBe(input.Column(column), 1e-12);
            input.Column("test_" + column).ShouldBe(input.Column(column), 1e-14);
        }
    }

    [Fact]
    public void Nothing_to_divide_by()
    {
        // Two classes with the same weights are never apart; one example has no spread; after batch normalization W_K is not the last.
        FeatureMargins.Distances([1, 1], [0], 1, [[1, 2], [1, 2]]).ShouldBe([0]);
        Observations.At(Network.Dense(3, 1), Loss.Logistic, Problems.Separable(1, 5, 3, .1).Choose([0]), [1, 2, 3])
            .Column("feature_margin_min").ShouldBe(double.NaN);
        FeatureMargins.Refuse(new NetworkBuilder(3).Dense(2).BatchNorm().Build()).ShouldNotBeNull().ShouldContain("batch-norm");
        // Far from the origin the spread is still that of the differences.
        FeatureMargins.Variation(FeatureMatrix.Of([1e9 + 1, 1e9 - 1, 1e9 + 1, 1e9 - 1], 1)).ShouldBe(1, 1e-9);
        // A unit that is off: no change of the input moves the margin, which is 0.
        var dead = Observations.At(Network.Dense(2, 1, 1), Loss.Logistic, Problems.TwoByTwo, [-1, -1, 1]);
        dead.Column("input_margin_min").ShouldBe(0);
        double.IsNaN(dead.Column("v_residual_1")).ShouldBeTrue();
        dead.Column("example_residual_min_1").ShouldBe(double.NaN);
    }
}
