using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Observations;

/// <summary>A single product ends within itself: with batch normalization all examples are one block.</summary>
public class CancelledProductTests
{
    private static readonly Dataset s_data = Digits.Load().ScalePixels().Center().Choose([.. Enumerable.Range(0, 60)]);

    private static readonly Network s_network = new NetworkBuilder(s_data.Shape!.Value).Convolution(3, 3).BatchNorm()
        .Then(Activation.ReLU).Convolution(4, 3).BatchNorm().Then(Activation.ReLU).Dense(10).Build();

    [Theory]
    [InlineData("Hessian")]
    [InlineData("Gauss–Newton")]
    [InlineData("gradient")]
    [InlineData("tangent")]
    public void A_product_ends_between_its_nodes_and_within_them(string product)
    {
        using var stop = new CancellationTokenSource();
        var random = new RandomStream(Random.Shared.Next(), 1);
        double[] theta = [.. Enumerable.Range(0, s_network.ParameterCount).Select(_ => 0.3 * random.NextNormal())];
        var g = new double[theta.Length];
        using var passes = Linearization.Of<double>(s_network, Loss.CrossEntropy, s_data, Reduction.Mean, theta,
            new double[s_network.StatisticsCount], threads: 1, stop.Token, NormalizeBy.Batch);
        var fDot = new double[s_data.Count * 10];
        Action work = product switch
        {
            "Hessian" => () => passes.HessianVectorProduct(theta, g),
            "Gauss–Newton" => () => passes.GaussNewtonVectorProduct(theta, g),
            "gradient" => () => passes.VectorJacobianProduct(passes.Weights, g),
            _ => () => passes.JacobianVectorProduct(theta, fDot),
        };
        var (looks, cancelledAt) = (0, int.MaxValue);
        CancellationLooks.Looked = () =>
        {
            if (++looks == cancelledAt) stop.Cancel();
        };
        try
        {
            // The first product follows a forward pass and may look more often than those that follow a product.
            work();
            looks = 0;
            work();
            var whole = looks;
            // One block: without looks within it there would be one.
            whole.ShouldBeGreaterThan(s_network.Nodes.Count);
            (looks, cancelledAt) = (0, Random.Shared.Next(2, whole));
            Should.Throw<OperationCanceledException>(work);
            looks.ShouldBe(cancelledAt);
            // And no other begins.
            Should.Throw<OperationCanceledException>(work);
            looks.ShouldBe(cancelledAt + 1);
        }
        finally
        {
            CancellationLooks.Looked = null;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_team_does_no_more_tasks_than_it_is_at(int threads)
    {
        using var stop = new CancellationTokenSource();
        using var team = new Team(threads) { Cancellation = stop.Token };
        var (done, at) = (0, Random.Shared.Next(1, 400));
        // The others go on until the token is cancelled, which on a busy machine is some time after its thread has decided to.
        var doneAtCancel = 0;
        void Work(int task, int thread)
        {
            if (Interlocked.Increment(ref done) != at) return;
            stop.Cancel();
            doneAtCancel = Volatile.Read(ref done);
        }

        team.Run(at - 1, Work);
        done.ShouldBe(at - 1);
        Should.Throw<OperationCanceledException>(() => team.Run(500, Work));
        var most = doneAtCancel + threads - 1;
        done.ShouldBeInRange(at, most);
        Should.Throw<OperationCanceledException>(() => team.Run(500, Work));
        done.ShouldBeLessThanOrEqualTo(most);
    }
}
