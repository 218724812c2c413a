using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

/// <summary>Epochs over the examples that are all of L but a share.</summary>
public class ActiveExamplesTests
{
    private static DescentOptions Options(double eta, double leftOut, int batch, double momentum = .5, double growth = 1.3) =>
        new(new Sgd(eta, momentum, batch) { Scale = StepScale.WholeLoss })
        {
            Adaptive = new AdaptiveRate(growth, .4, 100, 3, leftOut),
            Seed = 5,
        };

    [Fact]
    public void What_is_left_out_is_the_most_that_the_share_allows()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var trial = 0; trial < 200; trial++)
        {
            int n = random.Next(1, 30);
            var share = Math.Pow(10, -3 * random.NextDouble());
            // A common factor far outside the range of numbers changes nothing.
            double shift = 1e4 * (random.NextDouble() - .5), spread = random.Next(1, 20);
            double[] losses = [.. Enumerable.Range(0, n).Select(_ => shift + spread * random.NextDouble())];
            var active = new ActiveExamples(n, share);
            active.Choose(losses, adds: false);
            var total = losses.Sum(l => Math.Exp(l - shift));
            double Of(IEnumerable<int> some) => some.Sum(i => Math.Exp(losses[i] - shift)) / total;
            int[] left = [.. Enumerable.Range(0, n).Except(active.Indices)];
            Of(left).ShouldBeLessThanOrEqualTo(share * (1 + 1e-9), $"seed {seed}, trial {trial}");
            var least = active.Indices.MinBy(i => losses[i]);
            if (active.Indices.Length > 1)
                Of([.. left, least]).ShouldBeGreaterThan(share * (1 - 1e-9), $"seed {seed}, trial {trial}");
            active.LogShare.ShouldBe(Math.Log((double)active.Indices.Length / n), 1e-12);
            int[] before = [.. active.Indices];
            active.Choose([.. losses.Select(l => 2 * shift - l)], adds: true);
            before.ShouldBeSubsetOf(active.Indices);
        }
        var equal = new ActiveExamples(4, .5);
        equal.Choose([0, 0, 0, 0], adds: false);
        equal.Indices.ShouldBe([0, 1, 2, 3]);
        equal.Choose([0, double.NaN, -5, -5], adds: false);
        equal.Indices.ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void A_share_below_the_rounding_changes_nothing_but_the_work()
    {
        var seed = Random.Shared.Next();
        var risk = AdaptiveRateTests.Separable(new Random(seed), 40, 4);
        var start = TrainingTests.Start(risk.Network, seed);
        // Too small a rate, and no growth, for an epoch that a rounding decides.
        using var all = Descent.Of(risk, Options(.002, 0, batch: 0, growth: 1)).From(start);
        using var some = Descent.Of(risk, Options(.002, 1e-19, batch: 0, growth: 1)).From(start);
        all.Train(800);
        some.Train(800);
        var (one, two) = (all.Replicas[0], some.Replicas[0]);
        all.Evaluate(one).Log10Loss.ShouldBe(some.Evaluate(two).Log10Loss, 1e-6 * Math.Abs(all.Evaluate(one).Log10Loss), $"seed {seed}");
        if (all.Evaluate(one).Log10Loss < -60) two.State.Adaptation!.Active!.Indices.Length.ShouldBeLessThan(40, $"seed {seed}");
    }

    [Theory]
    [InlineData(.02, 4)]
    [InlineData(2, 4)]
    [InlineData(.5, 30)]
    public void It_is_the_loop_that_the_formulas_say(double eta, int batch)
    {
        var seed = Random.Shared.Next();
        var rate = new AdaptiveRate(1.3, .4, 100, 3, .1);
        const int epochs = 10;
        (DataRisk<double> Risk, double[] Start, double[] W, double Factor)? drawn = null;
        for (var random = new Random(seed); drawn is null;)
        {
            var risk = AdaptiveRateTests.Separable(random, 30, 3);
            var start = TrainingTests.Start(risk.Network, random.Next());
            if (Loop(risk, start, rate, eta, batch, epochs) is var (end, last)) drawn = (risk, start, end, last);
        }
        var (of, from, w, factor) = drawn.Value;
        using var training = Descent.Of(of, Options(eta, .1, batch)).From(from);
        training.Train(epochs);
        var replica = training.Replicas[0];
        replica.State.RateFactor.ShouldBe(factor, factor * 1e-12, $"seed {seed}");
        var theta = replica.Theta();
        for (var i = 0; i < w.Length; i++) theta[i].ShouldBe(w[i], 1e-6 * (1 + Math.Abs(w[i])), $"seed {seed}");
    }

    // In plain numbers and by the whole risk of subsets; null where an epoch or an example is decided by a rounding.
    private static (double[] W, double Factor)? Loop(DataRisk<double> risk, double[] start, AdaptiveRate rate, double eta, int batch,
        int epochs)
    {
        var (net, data) = (risk.Network, risk.Data);
        var whole = new EmpiricalRisk(net, risk.Loss, data);
        double[] w = [.. start], m = new double[w.Length], h = new double[w.Length];
        double[] Losses() => [.. Enumerable.Range(0, data.Count).Select(n => Math.Exp(new EmpiricalRisk(net, risk.Loss,
            data.Choose([n])).LogLoss(w)))];
        // The least losses that together are at most the share are left out.
        int[] Choose(double[] losses) => [.. Enumerable.Range(0, losses.Length)
            .Where(n => losses.Where(l => l <= losses[n]).Sum() > rate.LeftOut * losses.Sum())];
        double factor = 1, widening = 1, before = Math.Exp(whole.LogLoss(w));
        var active = Choose(Losses());
        var order = new MinibatchOrder(data.Count, batch, false, 5);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            double[] from = [.. w];
            var running = before;
            for (var s = 0; s < order.StepsPerEpoch; s++)
            {
                var value = new EmpiricalRisk(net, risk.Loss, data.Choose(order.Examples(epoch, s, active).ToArray())).Evaluate(w, h);
                if (value.LogLoss > 20) return null;
                var share = (double)active.Length / data.Count;
                running += (share * Math.Exp(value.LogLoss) - running) / (rate.Window * widening);
                for (var i = 0; i < w.Length; i++)
                {
                    m[i] = .5 * m[i] - share * Math.Exp(value.LogScale) * h[i] / running;
                    w[i] -= eta * factor * m[i];
                }
            }
            var (now, losses) = (Math.Exp(whole.LogLoss(w)), Losses());
            if (now is not (> 1e-100 and < 1e9) || Math.Abs(now - before) < 1e-6 * before) return null;
            var (chosen, other) = (Choose(losses), Choose([.. losses.Select(static (l, n) => l * (1 + 1e-6 * (n % 3 - 1)))]));
            if (!chosen.SequenceEqual(other)) return null;
            if (now < before)
            {
                (before, factor, widening, active) = (now, factor * rate.Growth, Math.Max(1, widening / rate.Growth), chosen);
                continue;
            }
            (w, factor, widening) = (from, factor * rate.BackOff, widening / rate.BackOff);
            active = [.. active.Union(chosen).Order()];
            Array.Clear(m);
        }
        return (w, factor);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(17)]
    public void Interrupted_anywhere_it_goes_on_with_the_same_bits(int stop)
    {
        var risk = AdaptiveRateTests.Separable(new Random(4), 40, 4);
        var theta = TrainingTests.Start(risk.Network, 3);
        var options = Options(.1, .05, batch: 5, momentum: .9);
        using var whole = Descent.Of(risk, options).From(theta);
        whole.Train(9);
        whole.Replicas[0].State.Adaptation!.Active!.Indices.Length.ShouldBeInRange(6, 39);
        using var begun = Descent.Of(risk, options).From(theta);
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => begun.Train(9, cancel.Token, t =>
        {
            if (t.Replicas[0].State.Step == stop) cancel.Cancel();
        }));
        var state = begun.Replicas[0].State;
        using var resumed = Descent.Of(risk, options).From(TrainingTests.Start(risk.Network, 99));
        resumed.Replicas[0].Restore(state.Arrays.ToDictionary(static a => a.Name, static a => (Array)a.Values.Clone()), state.Scalars);
        resumed.Train(9);
        TrainingTests.ShouldBeTheSame(resumed.Replicas[0], whole.Replicas[0]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        string Why(DescentOptions options, Network? net = null) =>
            Should.Throw<ArgumentException>(() => options.Check(net ?? Network.Dense(2, 1), Loss.Exponential)).Message;
        Why(Options(.1, 1, 4)).ShouldBe("the share left out must be at least 0 and less than 1; 1 was given");
        Why(Options(.1, .1, 4), TrainingTests.Images<float>().Network).ShouldContain("batch normalization");
        var risk = AdaptiveRateTests.Separable(new Random(1), 9, 2);
        var start = new ReplicaStart(TrainingTests.Start(risk.Network, 1), Options(.1, .1, 4));
        Should.Throw<ArgumentException>(() => new Training<double>(risk, [start, start])).Message.ShouldContain("is trained alone");
    }
}
