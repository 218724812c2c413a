using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

/// <summary>A minibatch of batch normalization is normalized whole, whatever its size, and needs two numbers a channel.</summary>
public class BatchStatisticsTests
{
    private static readonly Network s_network =
        new NetworkBuilder(2).Dense(3).BatchNorm(epsilon: 1e-3).Then(Activation.ReLU).Dense(1).Build();

    private static Dataset Points(int count, int seed)
    {
        var random = new Random(seed);
        // Examples drift with their number, so that blocks have other statistics than the whole.
        var x = Problems.Normal(random, 2 * count);
        for (var i = 0; i < x.Length; i++) x[i] += 3.0 * i / x.Length;
        return new Dataset("points", x, [.. Enumerable.Range(0, count).Select(n => random.Next(2) * 2.0 - 1)], 2);
    }

    // Dense 2 → 3, normalization over the given examples, ReLU, dense 3 → 1, mean logistic loss: written out.
    private static double Loss(double[] w, Dataset data, int first, int count)
    {
        var z = new double[count, 3];
        for (var n = 0; n < count; n++)
            for (var u = 0; u < 3; u++) z[n, u] = w[2 * u] * data.X[2 * (first + n)] + w[2 * u + 1] * data.X[2 * (first + n) + 1];
        double[] mean = new double[3], deviation = new double[3];
        for (var u = 0; u < 3; u++)
        {
            for (var n = 0; n < count; n++) mean[u] += z[n, u] / count;
            for (var n = 0; n < count; n++) deviation[u] += (z[n, u] - mean[u]) * (z[n, u] - mean[u]) / count;
            deviation[u] = Math.Sqrt(deviation[u] + 1e-3);
        }
        var loss = 0.0;
        for (var n = 0; n < count; n++)
        {
            var f = 0.0;
            for (var u = 0; u < 3; u++) f += w[6 + u] * Math.Max(0, (z[n, u] - mean[u]) / deviation[u]);
            loss += Math.Log(1 + Math.Exp(-data.Y[first + n] * f)) / count;
        }
        return loss;
    }

    private static double[] Gradient(double[] w, Dataset data)
    {
        const double H = 1e-6;
        var g = new double[w.Length];
        for (var i = 0; i < w.Length; i++)
        {
            double[] ahead = [.. w], behind = [.. w];
            (ahead[i], behind[i]) = (w[i] + H, w[i] - H);
            g[i] = (Loss(ahead, data, 0, data.Count) - Loss(behind, data, 0, data.Count)) / (2 * H);
        }
        return g;
    }

    [Theory]
    [InlineData(100)]
    [InlineData(2049)]
    [InlineData(3000)]
    public void A_full_batch_is_a_full_batch(int count)
    {
        var data = Points(count, count);
        var theta = TrainingTests.Start(s_network, 2);
        using var training = Descent.Of(new DataRisk<double>(s_network, Rhoflow.Losses.Loss.Logistic, data), new Sgd(0.5)).From(theta);
        for (var step = 1; step <= 3; step++)
        {
            var g = Gradient(theta, data);
            training.Train(step);
            for (var i = 0; i < theta.Length; i++) theta[i] -= 0.5 * g[i];
            training.Replicas[0].Theta().ShouldBe(theta, 1e-8);
        }
    }

    [Theory]
    [InlineData(2300, 4600)]
    [InlineData(2051, 4105)]        // 2,051 + 2,051 + 3
    public void A_minibatch_of_more_than_2048_examples_too(int batch, int count)
    {
        var data = Points(count, batch);
        var theta = TrainingTests.Start(s_network, 3);
        var risk = new DataRisk<double>(s_network, Rhoflow.Losses.Loss.Logistic, data);
        double[] End(int block, int threads)
        {
            using var training = Descent.Of(risk, new Sgd(0.1, batch: batch)).From(theta,
                new TrainingOptions { Block = block, Threads = threads });
            training.Train(2);
            return training.Replicas[0].Theta();
        }
        var end = End(2048, 1);
        End(7, 2).ShouldBe(end);
        // One minibatch of the order that sgd takes, by the written-out loss.
        var order = new MinibatchOrder(count, batch, false, 0);
        var first = data.Choose(order.Examples(0, 0).ToArray());
        using var one = Descent.Of(risk, new Sgd(0.1, batch: batch) { DropLast = true }).From(theta);
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => one.Train(1, stop.Token, _ => stop.Cancel()));
        var g = Gradient(theta, first);
        one.Replicas[0].Theta().ShouldBe([.. theta.Zip(g, static (w, d) => w - 0.1 * d)], 1e-8);
    }

    [Theory]
    [InlineData(150, 149, "150 = 1 · 149 + 1: drop-last: true, or another batch")]
    [InlineData(150, 1, "every minibatch has 1; batch: 2 or more")]
    [InlineData(9, 2, "9 = 4 · 2 + 1")]
    [InlineData(1, 0, "the data have 1")]
    public void A_minibatch_of_one_example_is_found_before_the_start(int count, int batch, string remedy)
    {
        var risk = new DataRisk<float>(s_network, Rhoflow.Losses.Loss.Logistic, Points(count, 1));
        Should.Throw<ArgumentException>(() => Descent.Of(risk, new Sgd(0.1, batch: batch)).From(s_network.Zeros())).Message
            .ShouldContain(remedy);
        // With several positions one example is enough, and without batch normalization too.
        var convolution = new NetworkBuilder(new TensorShape(3, 3, 1)).Convolution(2, 2).BatchNorm().Dense(1).Build();
        BatchStatistics.WhyNot(convolution, count, batch, dropsLast: false).ShouldBeNull();
        BatchStatistics.WhyNot(Network.Dense(2, 1), count, batch, dropsLast: false).ShouldBeNull();
    }

    [Fact]
    public void What_does_not_fit_into_memory_is_forecast()
    {
        var wide = new NetworkBuilder(2).Dense(50_000).BatchNorm().Dense(1).Build();
        BatchStatistics.WhyTooLarge<double>(wide, 10_000_000)!.ShouldContain("all 10000000 examples of a minibatch at once");
        BatchStatistics.WhyTooLarge<double>(wide, 10).ShouldBeNull();
    }

    // drop-last: as many steps, replicas and a resumed training give the same bits, and what is left out is not looked at in that epoch.
    [Fact]
    public void A_last_minibatch_that_is_dropped_is_dropped_for_all_and_after_a_break()
    {
        var risk = TrainingTests.Images<float>();
        DescentOptions Options(double rate) =>
            new(new Sgd(LearningRate.Cosine(rate, 6, 0.01), 0.9, batch: 8) { DropLast = true }) { Seed = 4 };
        ReplicaStart[] starts =
            [new(TrainingTests.Start(risk.Network, 1), Options(0.1)), new(TrainingTests.Start(risk.Network, 2), Options(0.2))];
        using var together = new Training<float>(risk, starts, new TrainingOptions { Threads = 2 });
        together.StepsPerEpoch.ShouldBe(3);
        together.Train(6);
        together.Replicas[0].State.Step.ShouldBe(18);
        foreach (var (start, expected) in starts.Zip(together.Replicas))
        {
            using var alone = new Training<float>(risk, [start]);
            using var stop = new CancellationTokenSource();
            Should.Throw<OperationCanceledException>(() => alone.Train(6, stop.Token, t =>
            {
                if (t.Replicas[0].State.Step == 11) stop.Cancel();
            }));
            using var resumed = new Training<float>(risk, [start]);
            var state = alone.Replicas[0].State;
            resumed.Replicas[0].Restore(state.Arrays.ToDictionary(static a => a.Name, static a => (Array)a.Values.Clone()), state.Scalars);
            resumed.Train(6);
            TrainingTests.ShouldBeTheSame(resumed.Replicas[0], expected);
        }
        var order = new MinibatchOrder(26, 8, true, 4);
        HashSet<int> seen = [.. Enumerable.Range(0, 3).SelectMany(s => order.Examples(0, s).ToArray())];
        seen.Count.ShouldBe(24);
    }
}
