using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Losses;

public class MinibatchRiskTests
{
    private static readonly Team s_team = new(1);

    private static Minibatch<double> Batch(Dataset data, TensorShape shape)
    {
        var batch = new Minibatch<double>(shape, data.Count, shared: false, s_team);
        batch.GatherRange(data.X, data.Y, 0, data.Count);
        return batch;
    }

    [Fact]
    public void On_one_output_it_is_the_risk_of_flows()
    {
        var net = Network.Dense(3, 5, 4, 1);
        var data = Problems.Separable(1, 17, 3, 0.2);
        var theta = Initialization.Kaiming(net, new RandomStream(1));
        double[] direction = Problems.Normal(new Random(2), theta.Length), a = new double[theta.Length], b = new double[theta.Length];
        var batch = Batch(data, net.Input);
        foreach (var loss in Loss.Binary)
        {
            var flow = new EmpiricalRisk(net, loss, data);
            var risk = new MinibatchRisk<double>(net, loss, 17, s_team);
            var expected = flow.Evaluate(theta, a);
            var value = risk.Gradient(theta, batch, NormalizeBy.Batch, default, b);
            value.LogLoss.ShouldBe(expected.LogLoss, 1e-13);
            value.LogScale.ShouldBe(expected.LogScale, 1e-13);
            b.ShouldBe(a, 1e-12 * (1 + Vectors.Norm(a)));
            flow.HessianVectorProduct(theta, direction, a);
            risk.HessianVectorProduct(theta, batch, NormalizeBy.Batch, default, direction, b);
            b.ShouldBe(a, 1e-11 * (1 + Vectors.Norm(a)));
        }
    }

    [Fact]
    public void Gradients_and_hessians_of_classes_behind_batch_normalization_are_differences()
    {
        var shape = new TensorShape(4, 3, 2);
        var net = new NetworkBuilder(shape).Convolution(3, kernel: 3, padding: 1).BatchNorm(affine: true).Then(Activation.Power(2))
            .GlobalAverage().Dense(3).Build();
        var random = new Random(3);
        var data = new Dataset("random", Problems.Normal(random, 7 * shape.Count), [0, 1, 2, 2, 1, 0, 1], shape.Count);
        var theta = Initialization.Kaiming(net, new RandomStream(4));
        var direction = Problems.Normal(random, theta.Length);
        var batch = Batch(data, shape);
        const double H = 1e-5;
        foreach (var loss in (Loss[])[Loss.CrossEntropy, Loss.Square, Loss.SquareSigns])
        {
            var risk = new MinibatchRisk<double>(net, loss, 7, s_team);
            (double[] H, double Loss) At(double step)
            {
                double[] moved = [.. theta.Zip(direction, (t, d) => t + step * d)], h = new double[theta.Length];
                var value = risk.Gradient(moved, batch, NormalizeBy.Batch, default, h);
                return ([.. h.Select(v => Math.Exp(value.LogScale) * v)], Math.Exp(value.LogLoss));
            }
            var (up, down, here) = (At(H), At(-H), At(0));
            Vectors.Dot(here.H, direction).ShouldBe(-(up.Loss - down.Loss) / (2 * H), 1e-7 * (1 + here.Loss));
            var product = new double[theta.Length];
            var scale = Math.Exp(risk.HessianVectorProduct(theta, batch, NormalizeBy.Batch, default, direction, product).LogScale);
            for (var i = 0; i < theta.Length; i++) (scale * product[i]).ShouldBe(-(up.H[i] - down.H[i]) / (2 * H), 1e-6 * (1 + here.Loss));

            // Another direction at the same point, by itself and from what the first has left.
            double[] other = [.. direction.Reverse()], anew = new double[theta.Length];
            risk.HessianVectorProductHere(theta, batch, other, product);
            new MinibatchRisk<double>(net, loss, 7, s_team).HessianVectorProduct(theta, batch, NormalizeBy.Batch, default, other, anew);
            product.ShouldBe(anew);
        }
    }

    [Fact]
    public void Targets_can_be_replaced_and_shifted()
    {
        var net = Network.Dense(2, 3);
        var data = new Dataset("two", [1, 0, 0.5, 2], [0, 2], 2);
        double[] theta = [1, 2, 3, 4, 5, 6], h = new double[6], shift = [0.1, 0, 0, 0, -0.2, 0.3];
        var batch = Batch(data, net.Input);
        var risk = new MinibatchRisk<double>(net, Loss.Square, 2, s_team);
        // f = W x against one-hot targets plus ξ
        double[] f = [1, 3, 5, 4.5, 9.5, 14.5], targets = [0, 1, 0, 1, 0, 0];
        double[] error = [.. Enumerable.Range(0, 6).Select(i => targets[i] + shift[i] - f[i])];
        var value = risk.Gradient(theta, batch, NormalizeBy.Batch, default, h, [1, 0], shift);
        Math.Exp(value.LogLoss).ShouldBe(error.Sum(e => e * e) / 2, 1e-12);
        for (var c = 0; c < 3; c++)
            for (var j = 0; j < 2; j++)
                (Math.Exp(value.LogScale) * h[2 * c + j]).ShouldBe(error[c] * data.X[j] + error[3 + c] * data.X[2 + j], 1e-12);
    }
}
