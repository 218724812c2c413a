using Rhoflow.Approximation;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Approximation;

public sealed class LevenbergMarquardtTests
{
    private static readonly LocalFunction H = static x => Math.Sin(1.5 * x[0] + x[1] - .7 * x[0] * x[1]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_jacobian_is_the_gradient_point_by_point(bool shared)
    {
        var seed = Random.Shared.Next();
        var net = RidgeNetwork.Like(CompositionalFunction.BinaryTree(4, _ => H), 3, new RidgeProfile(3), shared);
        var random = new RandomStream(seed);
        var theta = net.Start(random);
        double[][] x = [.. Enumerable.Range(0, 4).Select(_ => ApproximationError.Points(5, 1, random))];
        var pass = new RidgePass(net, 5);
        pass.Forward(theta, x, 0, 5);
        double[][] jacobian = [.. theta.Select(static _ => new double[5])];
        pass.Jacobian(theta, jacobian);
        var gradient = new double[theta.Length];
        for (var i = 0; i < 5; i++)
        {
            double[] one = new double[5], point = [.. x.Select(column => column[i])];
            one[i] = 1;
            pass.Backward(theta, one, gradient);
            for (var p = 0; p < theta.Length; p++)
            {
                jacobian[p][i].ShouldBe(gradient[p], 1e-12, $"seed {seed}");
                double[] up = [.. theta], down = [.. theta];
                up[p] += 1e-6;
                down[p] -= 1e-6;
                jacobian[p][i].ShouldBe((net.At(up, point) - net.At(down, point)) / 2e-6, 1e-6, $"seed {seed}");
            }
        }
    }

    // A network of the same kind is the target: near it, the second order goes to zero error.
    [Fact]
    public void It_goes_down_to_a_target_of_its_own_kind()
    {
        var net = RidgeNetwork.Like(CompositionalFunction.BinaryTree(4, _ => H), 2, new RidgeProfile(2));
        var random = new RandomStream(4);
        double[] target = net.Start(random), theta = [.. target.Select(t => t + .05 * random.NextNormal())];
        double[][] x = [.. Enumerable.Range(0, 4).Select(_ => ApproximationError.Points(200, 1, random))];
        var pass = new RidgePass(net, 200);
        var y = pass.Forward(target, x, 0, 200).ToArray();
        var before = Vectors.Distance(pass.Forward(theta, x, 0, 200), y);
        new LevenbergMarquardt { Steps = 100 }.Descend(net, x, y, theta);
        Vectors.Distance(pass.Forward(theta, x, 0, 200), y).ShouldBeLessThan(1e-4 * before);
    }

    [Fact]
    public void It_is_reproducible_and_says_where_it_ended()
    {
        var f = CompositionalFunction.BinaryTree(2, _ => H);
        var optimizer = new LevenbergMarquardt { Steps = 60, Points = 200, TestPoints = 100 };
        var end = optimizer.Fit(RidgeNetwork.Shallow(2, 6).With(new RidgeProfile(3)), f, 1);
        end.ShouldBe(optimizer.Fit(RidgeNetwork.Shallow(2, 6).With(new RidgeProfile(3)), f, 1));
        end.Training.ShouldBeLessThan(.1);
        end.Steps.ShouldBeLessThanOrEqualTo(60);
        Should.Throw<ArgumentException>(() => optimizer.Fit(RidgeNetwork.Shallow(3, 2), f, 0)).Message.ShouldContain("3 inputs");
    }
}
