using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

/// <summary>A rate that grows while the loss falls, and epochs that are taken back where it does not.</summary>
public class AdaptiveRateTests
{
    private static DescentOptions Options(double eta, AdaptiveRate? rate = null, double momentum = 0, int batch = 4, double lambda = 0) =>
        new(new Sgd(eta, momentum, batch) { Scale = StepScale.WholeLoss })
        {
            Adaptive = rate ?? new AdaptiveRate(),
            WeightDecay = [lambda],
            Seed = 5,
        };

    // Separable: the label is the sign of a direction, with a gap.
    internal static DataRisk<double> Separable(Random random, int n, int d, Network? net = null, Loss? loss = null)
    {
        double[] x = Problems.Normal(random, n * d), y = new double[n];
        for (var i = 0; i < n; i++)
        {
            y[i] = Math.Sign(x[i * d]);
            x[i * d] += .3 * y[i];
        }
        return new DataRisk<double>(net ?? Network.Dense(d, 4, 1), loss ?? Loss.Exponential, new Dataset("random", x, y, d));
    }

    [Theory]
    [InlineData(.05, 0, 0, 0)]
    [InlineData(8, 0, 0, 1)]
    [InlineData(3, .9, 0, 1)]
    [InlineData(3, .5, .01, 1)]
    public void It_is_the_loop_that_the_formulas_say(double eta, double mu, double lambda, int leastTakenBack)
    {
        var seed = Random.Shared.Next();
        var rate = new AdaptiveRate(1.3, .4, 100, Window: 3);
        const int epochs = 12;
        // Where L leaves plain numbers, or an epoch is decided by a rounding, the two ways need not agree: others are drawn.
        (DataRisk<double> Risk, double[] Start, (double[] W, double Factor, double Tau, int TakenBack) End)? drawn = null;
        for (var random = new Random(seed); drawn is null;)
        {
            var risk = Separable(random, 10, 3);
            var start = TrainingTests.Start(risk.Network, random.Next());
            if (Loop(risk, start, rate, eta, mu, lambda, epochs) is { } end && end.TakenBack >= leastTakenBack) drawn = (risk, start, end);
        }
        var (of, from, (w, factor, tau, takenBack)) = drawn.Value;
        using var training = Descent.Of(of, Options(eta, rate, mu, batch: 4, lambda)).From(from);
        training.Train(epochs);
        var replica = training.Replicas[0];
        replica.State.TakenBack.ShouldBe(takenBack, $"seed {seed}");
        replica.State.RateFactor.ShouldBe(factor, factor * 1e-12);
        replica.State.Tau.ShouldBe(tau, tau * 1e-9);
        replica.State.Epoch.ShouldBe(epochs);
        var last = replica.Theta();
        for (var i = 0; i < w.Length; i++) last[i].ShouldBe(w[i], 1e-6 * (1 + Math.Abs(w[i])), $"seed {seed}");
    }

    // In plain numbers; null where they do not suffice.
    private static (double[] W, double Factor, double Tau, int TakenBack)? Loop(DataRisk<double> risk, double[] start, AdaptiveRate rate,
        double eta, double mu, double lambda, int epochs)
    {
        var (net, data) = (risk.Network, risk.Data);
        var whole = new EmpiricalRisk(net, risk.Loss, data);
        double[] w = [.. start], m = new double[w.Length], h = new double[w.Length];
        double Penalty() => lambda * w.Sum(static v => v * v);
        double Objective() => Math.Exp(whole.LogLoss(w)) + Penalty();
        double factor = 1, widening = 1, before = Objective(), tau = 0;
        var takenBack = 0;
        var order = new MinibatchOrder(data.Count, 4, false, 5);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            double[] from = [.. w];
            var running = before;
            for (var s = 0; s < order.StepsPerEpoch; s++)
            {
                var batch = new EmpiricalRisk(net, risk.Loss, data.Choose(order.Examples(epoch, s).ToArray()));
                var value = batch.Evaluate(w, h);
                var own = Math.Exp(value.LogLoss) + Penalty();
                if (value.LogLoss > 20) return null;
                running += (own - running) / (rate.Window * widening);
                for (var i = 0; i < w.Length; i++)
                {
                    m[i] = mu * m[i] + (2 * lambda * w[i] - Math.Exp(value.LogScale) * h[i]) / running;
                    w[i] -= eta * factor * m[i];
                }
            }
            var now = Objective();
            if (now is not (> 1e-100 and < 1e9) || Math.Abs(now - before) < 1e-6 * before) return null;
            if (now < before)
            {
                (before, tau, factor) = (now, tau + eta * factor * order.StepsPerEpoch, factor * rate.Growth);
                widening = Math.Max(1, widening / rate.Growth);
                continue;
            }
            w = from;
            Array.Clear(m);
            factor *= rate.BackOff;
            widening /= rate.BackOff;
            takenBack++;
        }
        return (w, factor, tau, takenBack);
    }

    [Fact]
    public void The_loss_falls_to_any_power_of_ten()
    {
        var seed = Random.Shared.Next();
        var risk = Separable(new Random(seed), 30, 5, Network.Dense(5, 8, 8, 1));
        using var training = Descent.Of(risk, Options(.01, momentum: .9, batch: 10) with
        {
            Stop = new StopWhen { Log10Loss = -1000 },
        }).From(TrainingTests.Start(risk.Network, seed));
        var last = double.PositiveInfinity;
        training.Train(20_000, r =>
        {
            var now = training.Evaluate(r).LogLoss;
            now.ShouldBeLessThanOrEqualTo(last, $"seed {seed}, epoch {r.State.Epoch}");
            last = now;
        });
        training.Replicas[0].Ending.ShouldBe("the training loss has reached 10^-1000", $"seed {seed}");
        // In L itself there is no such number.
        Math.Exp(last).ShouldBe(0);
    }

    [Fact]
    public void Where_the_loss_cannot_fall_it_ends_and_says_so()
    {
        // The same input with both labels: L ≥ 1, reached at f = 0.
        var risk = new DataRisk<double>(Network.Dense(1, 1), Loss.Exponential, new Dataset("both", [1, 1], [1, -1], 1));
        using var training = Descent.Of(risk, Options(.1, new AdaptiveRate(Patience: 7), batch: 0)).From([.5]);
        training.Train(5000);
        var replica = training.Replicas[0];
        replica.Failure.ShouldBeNull();
        replica.Ending!.ShouldContain("has not fallen for 7 epochs, though the learning rate fell to ");
        replica.State.Epoch.ShouldBeLessThan(5000);
        replica.Theta()[0].ShouldBe(0, 1e-7);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(14)]
    public void Interrupted_anywhere_it_goes_on_with_the_same_bits(int stop)
    {
        // Rates of which the first epochs are taken back, some after a step that left the range of numbers.
        var risk = TrainingTests.Images<float>();
        var theta = TrainingTests.Start(risk.Network, 3);
        DescentOptions[] all = [Options(1e30, new AdaptiveRate(BackOff: 1e-8), .9, 8), Options(.1, momentum: .9, batch: 8)];
        foreach (var options in all)
        {
            using var whole = Descent.Of(risk, options).From(theta);
            whole.Train(9);
            using var begun = Descent.Of(risk, options).From(theta);
            using var cancel = new CancellationTokenSource();
            Should.Throw<OperationCanceledException>(() => begun.Train(9, cancel.Token, t =>
            {
                if (t.Replicas[0].State.Step == stop) cancel.Cancel();
            }));
            // After the last step of an epoch, and before it is judged, too: an epoch has four steps.
            var state = begun.Replicas[0].State;
            ((int)state.Step, state.StepInEpoch).ShouldBe((stop, stop % 4 == 0 ? 4 : stop % 4));
            var arrays = state.Arrays.ToDictionary(static a => a.Name, static a => (Array)a.Values.Clone());
            using var resumed = Descent.Of(risk, options).From(TrainingTests.Start(risk.Network, 99));
            resumed.Replicas[0].Restore(arrays, state.Scalars);
            resumed.Train(9);
            TrainingTests.ShouldBeTheSame(resumed.Replicas[0], whole.Replicas[0]);
            arrays.Remove("epoch-x").ShouldBeTrue();
            Should.Throw<ArgumentException>(() => resumed.Replicas[0].Restore(arrays, state.Scalars)).Message
                .ShouldBe("the saved state has no array 'epoch-x'");
        }
    }

    [Fact]
    public void Replicas_together_have_the_bits_that_each_has_alone()
    {
        var risk = TrainingTests.Images<float>();
        ReplicaStart[] starts = [.. new[] { 1e30, .1, 20 }.Select((eta, i) =>
            new ReplicaStart(TrainingTests.Start(risk.Network, i), Options(eta, new AdaptiveRate(BackOff: 1e-4), .9, 8)))];
        using var together = new Training<float>(risk, starts, new TrainingOptions { Threads = 2 });
        together.Train(8);
        together.Replicas[0].State.TakenBack.ShouldBeGreaterThan(3);
        for (var i = 0; i < starts.Length; i++)
        {
            using var alone = new Training<float>(risk, [starts[i]], new TrainingOptions { Threads = 1 });
            alone.Train(8);
            TrainingTests.ShouldBeTheSame(together.Replicas[i], alone.Replicas[0]);
        }
    }

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        var (net, good) = (Network.Dense(2, 1), Options(.1));
        good.Check(net, Loss.Exponential);
        string Why(DescentOptions options) =>
            Should.Throw<ArgumentException>(() => options.Check(net, Loss.Exponential)).Message;
        Why(good with { Adaptive = null }).ShouldContain("need each other");
        Why(good with { Rule = new Sgd(.1, 0, 4) }).ShouldContain("need each other");
        Why(Options(.1, new AdaptiveRate(Growth: .9))).ShouldBe("growth must be at least 1; 0.9 was given");
        Why(Options(.1, new AdaptiveRate(BackOff: 1))).ShouldBe("back-off must lie between 0 and 1; 1 was given");
        Why(Options(.1, new AdaptiveRate(Patience: 0))).ShouldBe("patience must be at least 1; 0 was given");
        Why(Options(.1, new AdaptiveRate(Window: 0))).ShouldBe("the window must be at least 1; 0 was given");
        Why(good with { Rescaling = new Rescaling(Epochs.At(1), 2) }).ShouldContain("nothing else changes");
    }
}
