using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

/// <summary>Training that stops at rest: no layer moves by more than a share of its norm in the time of its decay.</summary>
public class RestTests
{
    private const double Eta = .02, Mu = .5, Lambda = .05, Share = 1e-3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_stops_where_a_loop_over_the_steps_says_and_there_is_the_ridge_solution(int seed)
    {
        var random = new Random(seed);
        const int n = 12, d = 3;
        double[] x = Problems.Normal(random, n * d), y = Problems.Normal(random, n), start = Problems.Normal(random, d);
        var risk = new DataRisk<double>(Network.Dense(d, 1), Loss.Square, new Dataset("random", x, y, d));
        using var training = Descent.Of(risk, Options(Eta)).From(start);
        training.Train(100_000);

        // (1 − μ)/(2ηλ) = 250 steps; W and m of Polyak's rule, the gradient of (1/N)Σ(wx − y)² + λ‖w‖².
        const int time = 250;
        double[] w = [.. start], m = new double[d], before = [.. start];
        var stop = 0;
        while (stop == 0 || stop % time != 0 || Moved() > Share)
        {
            if (stop % time == 0) before = [.. w];
            var g = Gradient(w);
            for (var j = 0; j < d; j++)
            {
                m[j] = Mu * m[j] + g[j];
                w[j] -= Eta * m[j];
            }
            stop++;
        }
        training.Replicas[0].State.Epoch.ShouldBe(stop);
        training.Replicas[0].Ending.ShouldBe("no layer has moved by more than 0.001 of its norm in (1 − μ)/(2ηλ) steps");
        var end = training.Replicas[0].Theta();
        for (var j = 0; j < d; j++) end[j].ShouldBe(w[j], 1e-12);
        Gradient(end).Max(Math.Abs).ShouldBeLessThan(.01);

        double Moved() => Norm(w.Zip(before, static (a, b) => a - b)) / Norm(w);
        static double Norm(IEnumerable<double> v) => Math.Sqrt(v.Sum(static e => e * e));
        double[] Gradient(double[] at) => [.. Enumerable.Range(0, d).Select(j => 2 * Lambda * at[j] + 2.0 / n * Enumerable.Range(0, n)
            .Sum(i => (Enumerable.Range(0, d).Sum(k => at[k] * x[i * d + k]) - y[i]) * x[i * d + j]))];
    }

    [Fact]
    public void A_small_or_a_falling_rate_does_not_pass_for_rest()
    {
        var risk = TrainingTests.Images<double>();
        var theta = TrainingTests.Start(risk.Network, 1);
        foreach (var rate in new LearningRate[] { 1e-6, LearningRate.Cosine(.02, 50) })
        {
            using var training = Descent.Of(risk, Options(rate)).From(theta);
            training.Train(200);
            training.Replicas[0].Ending.ShouldBeNull();
            training.Replicas[0].State.Epoch.ShouldBe(200);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Every_layer_and_what_normalization_trains_count(int batch)
    {
        var risk = TrainingTests.Images<double>();
        var (net, theta) = (risk.Network, TrainingTests.Start(risk.Network, 1));
        RestOfTraining.Motion<double>(net, theta, theta).ShouldBe(0);
        for (var i = 0; i < theta.Length; i++)
        {
            double[] moved = [.. theta];
            moved[i] += 2;
            var layer = net.Layers.SingleOrDefault(l => i >= l.Offset && i < l.Offset + l.Count);
            bool Together(int j) => layer is null ? net.Layers.All(l => j < l.Offset || j >= l.Offset + l.Count)
                : j >= layer.Offset && j < layer.Offset + layer.Count;
            var norm = Math.Sqrt(moved.Where((_, j) => Together(j)).Sum(static w => w * w));
            RestOfTraining.Motion<double>(net, moved, theta).ShouldBe(2 / norm, 1e-12);
        }
        // λ the largest of the layers', and 26 examples in minibatches.
        var steps = (26 + batch - 1) / batch;
        RestOfTraining.Time(Options(LearningRate.Steps(.1, .5, 3)) with { WeightDecay = [.01, .03] }, 4, steps)
            .ShouldBe(2 * .05 * .03 / (1 - Mu) * steps, 1e-15);
    }

    [Fact]
    public void Resumed_it_is_the_uninterrupted_one()
    {
        var random = new Random(4);
        var risk = new DataRisk<float>(Network.Dense(3, 1), Loss.Square,
            new Dataset("random", Problems.Normal(random, 26 * 3), Problems.Normal(random, 26), 3));
        double[] theta = [5, -5, 5];
        // A time of decay is 12.5 epochs at first, then longer; the state is saved within one.
        DescentOptions options = new(new Sgd(LearningRate.Cosine(.05, 400, .001), Mu, batch: 8))
        {
            WeightDecay = [.1],
            Stop = new StopWhen { Rest = .5 }
        };
        using var whole = Descent.Of(risk, options).From(theta);
        whole.Train(400);
        var epochs = whole.Replicas[0].State.Epoch;
        whole.Replicas[0].Ending.ShouldNotBeNull();
        epochs.ShouldBeInRange(20, 399);

        using var begun = Descent.Of(risk, options).From(theta);
        begun.Train(epochs - 4);
        var state = begun.Replicas[0].State;
        var arrays = state.Arrays.ToDictionary(static a => a.Name, static a => (Array)a.Values.Clone());
        state.Scalars["decay-time"].ShouldBeInRange(.05, .95);

        using var resumed = Descent.Of(risk, options).From(TrainingTests.Start(risk.Network, 99));
        resumed.Replicas[0].Restore(arrays, state.Scalars);
        resumed.Train(400);
        TrainingTests.ShouldBeTheSame(resumed.Replicas[0], whole.Replicas[0]);
        resumed.Replicas[0].Ending.ShouldBe(whole.Replicas[0].Ending);

        arrays.Remove("before");
        Should.Throw<ArgumentException>(() => resumed.Replicas[0].Restore(arrays, state.Scalars))
            .Message.ShouldContain("the saved state has no array 'before'");
    }

    private static DescentOptions Options(LearningRate rate) => new(new Sgd(rate, Mu))
    {
        WeightDecay = [Lambda],
        Stop = new StopWhen { Rest = Share }
    };
}
