using Rhoflow.Losses;
using Rhoflow.Measures.Norms;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures.Norms;

public class BalanceTests
{
    public static TheoryData<string> Networks => new("relu", "leaky", "power", "linear", "diagonal", "convolutional");

    private static Network Net(string name) => name switch
    {
        "relu" => Network.Dense(24, 5, 4, 3),
        "leaky" => Network.Dense(24, Activation.LeakyReLU(.3), 5, 3),
        "power" => Network.Dense(24, Activation.Power(3), 4, 3),
        "linear" => Network.Linear(24, 5, 4, 3),
        "diagonal" => new NetworkBuilder(24).Diagonal().Diagonal().Then(Activation.ReLU).Dense(3).Build(),
        _ => Observations.Convolutional(3),
    };

    // d(t) along Ẇ = −∇L: its derivative, 2⟨w_in, ẇ_in⟩ − 2p⟨w_out, ẇ_out⟩, by differences of d itself; in any other direction it is not 0.
    [Theory]
    [MemberData(nameof(Networks))]
    public void The_flow_conserves_what_stands_between_two_layers(string name)
    {
        var network = Net(name);
        var data = Observations.Classes(1, 7, 24, 3);
        var theta = Initialization.Kaiming(network, new RandomStream(2));
        using var passes = Observations.Passes(network, Loss.CrossEntropy, data, theta);
        double[] descent = new double[theta.Length], other = Problems.Normal(new Random(3), theta.Length);
        passes.Gradient(descent);
        Vectors.Scale(1 / Vectors.Norm(descent), descent, descent);
        double[] Rates(double[] direction, Func<double[], double[]> of) => Difference(of, theta, direction);
        for (var k = 0; k + 1 < network.Depth; k++)
        {
            var degree = Balance.Degree(network, k).ShouldNotBeNull();
            degree.ShouldBe(name == "power" ? 3 : 1);
            double[] ones = [.. Enumerable.Repeat(1.0, network.Depth)];
            double[] Units(double[] w) => Balance.Units(network, k, ones, w, degree);
            Rates(descent, Units).ShouldAllBe(static rate => Math.Abs(rate) < 1e-8);
            Rates(other, Units).Max(Math.Abs).ShouldBeGreaterThan(1e-2);
            Balance.IsLinear(network, k).ShouldBe(name == "linear");
            if (!Balance.IsLinear(network, k)) continue;
            double[] Matrix(double[] w) => Balance.Matrix(network, k, ones, w);
            Rates(descent, Matrix).ShouldAllBe(static rate => Math.Abs(rate) < 1e-8);
            var n = network.Layers[k].Rows;
            Units(theta).ShouldBe(Enumerable.Range(0, n).Select(i => -Matrix(theta)[i * n + i]), 1e-12);
        }
    }

    [Fact]
    public void Values_by_hand()
    {
        var network = Network.Linear(2, 2, 1);
        var input = Observations.At(network, Loss.Square, Problems.TwoByTwo, [1, 2, 3, 4, 5, 6]);
        // W_2ᵀW_2 = (25 30; 30 36), W_1W_1ᵀ = (5 11; 11 25)
        input.Column("matrix_balance_1").ShouldBe(Math.Sqrt(20 * 20 + 2 * 19 * 19 + 11 * 11), 1e-12);
        input.Column("unit_balance_max_1").ShouldBe(20, 1e-12);
        input.Column("unit_balance_rms_1").ShouldBe(Math.Sqrt((20 * 20 + 11 * 11) / 2.0), 1e-12);
        input.Column("balance_1").ShouldBe(61 - 30, 1e-12);
        input.Column("unit_balance_drift_1").ShouldBe(double.NaN);
        var began = Observations.At(network, Loss.Square, Problems.TwoByTwo, [1, 2, 0, 1, 5, 3]);
        var later = input with { History = Observations.Start(began.Snapshot) };
        // from (5 − 25, 1 − 9) to (5 − 25, 25 − 36)
        later.Column("unit_balance_drift_1").ShouldBe(3, 1e-12);
        later.Column("start_distance_1").ShouldBe(Math.Sqrt(9 + 9), 1e-12);
        later.Column("start_distance_relative_1").ShouldBe(Math.Sqrt(18.0 / 6), 1e-12);
        later.Column("start_distance_2").ShouldBe(3, 1e-12);
        (began with { History = Observations.Start(began.Snapshot) }).Column("matrix_balance_drift_1").ShouldBe(0);
    }

    [Fact]
    public void What_reads_a_layer_twice_or_normalizes_it_has_no_balance()
    {
        Balance.Degree(Observations.Inhomogeneous(2), 1).ShouldBeNull();
        Balance.Degree(Observations.Normalized(2), 0).ShouldBeNull();
        Balance.Degree(Network.Linear(3, 2, 1), 0).ShouldBe(1);
    }

    private static double[] Difference(Func<double[], double[]> of, double[] theta, double[] direction)
    {
        const double H = 1e-6;
        double[] Moved(double h) => [.. theta.Zip(direction, (w, d) => w + h * d)];
        return [.. of(Moved(H)).Zip(of(Moved(-H)), static (a, b) => (a - b) / (2 * H))];
    }
}
