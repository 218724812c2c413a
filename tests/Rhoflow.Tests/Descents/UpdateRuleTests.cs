using FsCheck.Fluent;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class UpdateRuleTests
{
    [Fact]
    public void Every_rule_agrees_with_the_loops() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                var net = Network.Dense(3, random.Next(2) == 0 ? [4, 1] : [1]);
                var loss = Loss.Binary[random.Next(3)];
                var data = Problems.Separable(seed, 11, 3, 0.1);
                double[] theta = [.. Problems.Normal(random, net.ParameterCount).Select(static v => 0.7 * v)];
                var scale = (StepScale)random.Next(3);
                var momentum = random.Next(2) * 0.8;
                var normalization = (Normalization)random.Next(7);
                var options = new DescentOptions(
                    new Sgd(LearningRate.Steps(scale == StepScale.Plain ? 0.03 : 0.01, 0.5, 2), momentum, random.Next(2) * 4)
                    {
                        Scale = scale,
                        Nesterov = momentum > 0 && random.Next(2) == 0,
                        DropLast = random.Next(2) == 0,
                    })
                {
                    WeightDecay = random.Next(3) switch { 0 => [0], 1 => [0.02], _ => [.. net.Layers.Select((_, k) => 0.05 * k)] },
                    Normalization = normalization,
                    Norms = normalization == Normalization.None ? null : random.Next(2) == 0 ? NormControl.Trained : NormControl.Constant,
                    Seed = seed,
                };
                var loops = new NaiveDescent(net, loss, data, options);
                var naive = loops.Run(theta, 4);
                if (naive.Any(v => !double.IsFinite(v)) || !(loops.LargestLogLoss < 100)) return;
                // Some starts have a loss of e^30, and a geodesic step goes round the sphere a thousand times: no digits are left to
                // compare.
                var moved = new NaiveDescent(net, loss, data, options).Run([.. theta.Select(static (v, i) => v + (i % 3 - 1) * 1e-12)], 4);
                if (!(Vectors.Distance(moved, naive) < 1e-9 * (1 + Vectors.Norm(naive)))) return;
                using var training = Descent.Of(new DataRisk<double>(net, loss, data), options)
                    .From(theta, new TrainingOptions { Threads = 1 });
                training.Train(4);
                Vectors.Distance(training.Replicas[0].Weights, naive)
                    .ShouldBeLessThan(1e-9 * (1 + Vectors.Norm(naive)), options.ToString());
            }));

    // L = mean of x² w² is quadratic: w obeys the recurrence w⁺ = w − η m, m⁺ = μm + 2aw, whose solution is a sum of two powers.
    [Fact]
    public void Momentum_on_a_quadratic_is_the_linear_recurrence()
    {
        const double A = 1.3, Eta = 0.05, Mu = 0.6;
        var data = new Dataset("one", [Math.Sqrt(A)], [0], 1);
        using var training = Descent.Of(new DataRisk<double>(Network.Dense(1, 1), Loss.Square, data), new Sgd(Eta, Mu)).From([2.0]);
        // w_{n+1} = (1 + μ − 2aη) w_n − μ w_{n−1}, w_0 = 2, w_1 = (1 − 2aη) w_0
        var half = (1 + Mu - 2 * A * Eta) / 2;
        var root = System.Numerics.Complex.Sqrt(half * half - Mu);
        System.Numerics.Complex p = half + root, q = half - root, w0 = 2, w1 = 2 * (1 - 2 * A * Eta), cp = (w1 - q * w0) / (p - q), cq =
            w0 - cp;
        for (var n = 1; n <= 60; n++)
        {
            training.Train(n);
            var expected = cp * System.Numerics.Complex.Pow(p, n) + cq * System.Numerics.Complex.Pow(q, n);
            training.Replicas[0].Weights[0].ShouldBe(expected.Real, 1e-13);
        }
    }

    [Fact]
    public void Gradient_descent_on_a_quadratic_ends_at_the_ridge_solution()
    {
        var random = new Random(4);
        double[] x = Problems.Normal(random, 30), y = Problems.Normal(random, 10);
        using var training = Descent.Of(new DataRisk<double>(Network.Dense(3, 1), Loss.Square, new Dataset("random", x, y, 3)),
            new Sgd(0.1, 0.5), weightDecay: 0.2).From([1.0, -1, 2]);
        training.Train(600);
        // (XᵀX/N + λ) w = Xᵀy/N
        var w = training.Replicas[0].Theta();
        for (var i = 0; i < 3; i++)
        {
            var residual = 0.2 * w[i];
            for (var n = 0; n < 10; n++)
                residual += x[3 * n + i] * (w[0] * x[3 * n] + w[1] * x[3 * n + 1] + w[2] * x[3 * n + 2] - y[n]) / 10;
            residual.ShouldBe(0, 1e-13);
        }
    }

    // W ← (1 − 2aη)W + √(2ηT)ξ on L = a w²: variance 2ηT/(1 − (1 − 2aη)²), which is T/2a for small η.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Langevin_has_its_stationary_variance(bool single)
    {
        const double A = 0.5, Eta = 0.1, T = 0.7;
        const int Chains = 400;
        var net = Network.Diagonal(Chains, 2);
        // Only the diagonal layer of Chains weights matters: the data are zero, and decay is the quadratic.
        var data = new Dataset("zero", new double[Chains], [0], Chains);
        var options = new DescentOptions(new Sgd(Eta) { Temperature = T }) { WeightDecay = [A, 0], Seed = 5 };
        double sum = 0, squares = 0;
        long count = 0;
        void Collect(IEnumerable<double> w)
        {
            foreach (var v in w)
            {
                sum += v;
                squares += v * v;
                count++;
            }
        }
        if (single)
        {
            using var training = Descent.Of(new DataRisk<float>(net, Loss.Square, data), options).From(new double[net.ParameterCount]);
            for (training.Train(60); training.Epoch < 300; training.Train(training.Epoch + 10))
                Collect(training.Replicas[0].Theta().Take(Chains));
        }
        else
        {
            using var training = Descent.Of(new DataRisk<double>(net, Loss.Square, data), options).From(new double[net.ParameterCount]);
            for (training.Train(60); training.Epoch < 300; training.Train(training.Epoch + 10))
                Collect(training.Replicas[0].Theta().Take(Chains));
        }
        var expected = 2 * Eta * T / (1 - Math.Pow(1 - 2 * A * Eta, 2));
        (sum / count).ShouldBe(0, 5 * Math.Sqrt(expected / count * 3));
        (squares / count).ShouldBe(expected, expected * 0.06);
    }

    [Fact]
    public void Schedules_are_what_they_say()
    {
        var steps = LearningRate.Steps(0.4, 0.5, 3, 5);
        Enumerable.Range(0, 7).Select(steps.At).ShouldBe([0.4, 0.4, 0.4, 0.2, 0.2, 0.1, 0.1]);
        var cosine = LearningRate.Cosine(1, 4, 0.2);
        Enumerable.Range(0, 6).Select(cosine.At)
            .ShouldBe([1, 0.6 + 0.4 * Math.Sqrt(0.5), 0.6, 0.6 - 0.4 * Math.Sqrt(0.5), 0.2, 0.2], 1e-15);
        LearningRate.Constant(0.3).At(9).ShouldBe(0.3);
        Enumerable.Range(0, 30).Where(Epochs.Every(5, first: 10, last: 20).Contains).ShouldBe([10, 15, 20]);
        Enumerable.Range(0, 30).Where(Epochs.Geometric(3, 1.5).Contains).ShouldBe([3, 5, 7, 11, 16, 23]);
        Enumerable.Range(0, 30).Where(Epochs.At(2, 9).Contains).ShouldBe([2, 9]);
        Should.Throw<ArgumentOutOfRangeException>(() => LearningRate.Constant(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => new Sgd(0.1, momentum: 1));
    }

    [Fact]
    public void An_epoch_takes_every_example_once_in_an_order_of_its_own()
    {
        var order = new MinibatchOrder(23, 5, dropLast: false, seed: 3);
        order.StepsPerEpoch.ShouldBe(5);
        int[] Epoch(MinibatchOrder o, int e) => [.. Enumerable.Range(0, o.StepsPerEpoch).SelectMany(s => o.Examples(e, s).ToArray())];
        var first = Epoch(order, 0);
        first.Order().ShouldBe(Enumerable.Range(0, 23));
        Epoch(order, 1).ShouldNotBe(first);
        Epoch(order, 0).ShouldBe(first);
        Epoch(new MinibatchOrder(23, 5, false, 4), 0).ShouldNotBe(first);
        Epoch(new MinibatchOrder(23, 5, true, 3), 0).ShouldBe(first[..20]);
        Epoch(new MinibatchOrder(23, 0, false, 3), 7).ShouldBe(Enumerable.Range(0, 23));
    }
}
