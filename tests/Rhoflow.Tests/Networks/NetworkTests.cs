using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks;

public class NetworkTests
{
    [Fact]
    public void Degrees_multiply_behind_power_units()
    {
        var net = new NetworkBuilder(2).Dense(3).Then(Activation.Power(2)).Dense(3).Then(Activation.Power(3)).Dense(1).Build();
        net.Exponents.ToArray().ShouldBe([6, 3, 1]);
        net.Degree.ShouldBe(10);
        Network.Dense(4, 5, 5, 1).Exponents.ToArray().ShouldBe([1, 1, 1]);
        Network.Dense(4, 1).Degree.ShouldBe(1);
    }

    [Fact]
    public void Matrices_go_in_and_out_unchanged()
    {
        foreach (var net in (Network[])[Network.Dense(3, 4, 1), Network.Diagonal(3, 3), Network.Linear(2, 2, 2)])
        {
            var theta = Problems.Normal(new Random(1), net.ParameterCount);
            net.Pack(net.Unpack(theta)).ShouldBe(theta);
        }
        Network.Diagonal(3, 2).Pack([[[1, 2, 3]], [[4, 5, 6]]]).ShouldBe([1, 2, 3, 4, 5, 6]);
        Network.Dense(2, 1).Pack([[[0.1, -0.2]]]).ShouldBe([0.1, -0.2]);
    }

    [Fact]
    public void A_diagonal_network_is_the_sum_of_products_over_coordinates()
    {
        var net = Network.Diagonal(3, 3);
        net.ParameterCount.ShouldBe(9);
        double[] theta = [2, 3, 5, 7, 11, 13, 17, 19, 23];
        ReferenceNetwork.Outputs(net, theta, [1, -1, 0.5])[0].ShouldBe(2 * 7 * 17 - 3 * 11 * 19 + 0.5 * 5 * 13 * 23);
        LinearMap.Of(net, theta).ShouldBe([2.0 * 7 * 17, 3 * 11 * 19, 5 * 13 * 23]);
    }

    [Fact]
    public void The_linear_map_of_a_deep_linear_network_is_its_gradient_in_x()
    {
        var net = Network.Linear(3, 4, 2, 1);
        var theta = Problems.Normal(new Random(2), net.ParameterCount);
        var map = LinearMap.Of(net, theta);
        for (var i = 0; i < 3; i++)
        {
            var unit = new double[3];
            unit[i] = 1;
            map[i].ShouldBe(ReferenceNetwork.Outputs(net, theta, unit)[0], 1e-13);
        }
    }

    [Fact]
    public void A_full_matrix_for_a_diagonal_layer_must_be_diagonal() =>
        Should.Throw<ArgumentException>(() =>
            Network.Diagonal(2, 2).Pack([[[1, 0.5], [0, 2]], [[1, 1]]])).Message.ShouldContain("layer 1 is diagonal");

    [Fact]
    public void Errors_say_what_was_given_and_what_fits()
    {
        var net = Network.Dense(2, 3, 1);
        Should.Throw<ArgumentException>(() =>
            net.Pack([[[1, 2]]])).Message.ShouldContain("1 weight matrices were given for a network of 2 layers");
        Should.Throw<ArgumentException>(() =>
            net.Pack([[[1, 2]], [[1, 2, 3]]])).Message.ShouldContain("layer 1 needs a 3 × 2 matrix (rows = outputs); 1 × 2 was given");
        Should.Throw<ArgumentException>(() =>
            net.Pack([[[1, 2], [1], [1, 2]], [[1, 2, 3]]])).Message.ShouldContain("3 rows of 2, 1, 2 numbers");
        Should.Throw<ArgumentException>(() => new NetworkBuilder(2).Build()).Message.ShouldContain("at least one layer");
        Should.Throw<ArgumentException>(() =>
            new NetworkBuilder(2).Then(Activation.ReLU)).Message.ShouldContain("'relu' stands before the first layer");
        Should.Throw<ArgumentException>(() => new NetworkBuilder(2).Dense(2).Then(Activation.ReLU)
            .Then(Activation.Power(2))).Message.ShouldContain("'power(2)' follows 'relu' directly");
        Should.Throw<ArgumentException>(() =>
            new NetworkBuilder(2).Dense(1).Then(Activation.ReLU).Build()).Message.ShouldContain("the network ends with 'relu'");
        Should.Throw<ArgumentOutOfRangeException>(() => new NetworkBuilder(0));
        Should.Throw<ArgumentOutOfRangeException>(() => Network.Dense(2, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Activation.Power(0)).Message.ShouldContain("integer ≥ 1");
        Should.Throw<ArgumentOutOfRangeException>(() => Activation.LeakyReLU(double.NaN));
    }
}
