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

/// <summary>What all optimizers have in common.</summary>
public class OptimizerTests
{
    [Fact]
    public void Every_optimizer_agrees_with_the_loops_in_all_coordinates() =>
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                var random = new Random(seed);
                var net = Network.Dense(3, random.Next(2) == 0 ? [4, 1] : [1]);
                var loss = Loss.Binary[random.Next(3)];
                var data = Problems.Separable(seed, 11, 3, 0.1);
                double[] theta = [.. Problems.Normal(random, net.ParameterCount).Select(static v => 0.7 * v)];
                var (rate, batch) = (LearningRate.Steps(0.03, 0.5, 2), random.Next(2) * 4);
                var momentum = random.Next(2) * 0.8;
                Optimizer rule = random.Next(4) switch
                {
                    0 => new Adam(rate, 0.8, 0.9, random.Next(2) == 0 ? 1e-8 : 0.1, batch),
                    1 => new AdamW(rate, 0.7, 0.6, 1e-6, batch),
                    2 => new SignDescent(rate, momentum, batch),
                    _ => new Muon(rate, momentum, momentum > 0 && random.Next(2) == 0, batch) { Polar = new Orthogonalize(14, 8) },
                };
                var normalization = (Normalization)random.Next(7);
                var options = new DescentOptions(rule with { Scale = (StepScale)random.Next(3), DropLast = random.Next(2) == 0 })
                {
                    WeightDecay = random.Next(3) switch { 0 => [0], 1 => [0.02], _ => [.. net.Layers.Select((_, k) => 0.05 * k)] },
                    Normalization = normalization,
                    Norms = normalization == Normalization.None ? null : random.Next(2) == 0 ? NormControl.Trained : NormControl.Constant,
                    Seed = seed,
                };
                var loops = new NaiveDescent(net, loss, data, options);
                var naive = loops.Run(theta, 4);
                if (naive.Any(v => !double.IsFinite(v)) || !(loops.LargestLogLoss < 100)) return;
                // A sign that flips by rounding is no difference of the two ways, nor are other places without digits.
                var moved = new NaiveDescent(net, loss, data, options).Run([.. theta.Select(static (v, i) => v + (i % 3 - 1) * 1e-12)], 4);
                if (!(Vectors.Distance(moved, naive) < 1e-9 * (1 + Vectors.Norm(naive)))) return;
                using var training = Descent.Of(new DataRisk<double>(net, loss, data), options)
                    .From(theta, new TrainingOptions { Threads = 1 });
                training.Train(4);
                Vectors.Distance(training.Replicas[0].Weights, naive)
                    .ShouldBeLessThan(1e-8 * (1 + Vectors.Norm(naive)), options.ToString());
            }));

    [Theory]
    [MemberData(nameof(NamesAndCoordinates))]
    public void Resumed_is_uninterrupted_bit_for_bit(string name, Normalization normalization)
    {
        var risk = TrainingTests.Images<float>();
        var options = Everything(name, normalization);
        var theta = TrainingTests.Start(risk.Network, 3);
        using var whole = Descent.Of(risk, options).From(theta);
        whole.Train(6);
        using var begun = Descent.Of(risk, options).From(theta);
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => begun.Train(6, cancel.Token, t =>
        {
            if (t.Replicas[0].State.Step == 10) cancel.Cancel();
        }));
        var arrays = begun.Replicas[0].State.Arrays.ToDictionary(static a => a.Name, static a => (Array)a.Values.Clone());
        using var resumed = Descent.Of(risk, options).From(TrainingTests.Start(risk.Network, 99));
        resumed.Replicas[0].Restore(arrays, begun.Replicas[0].State.Scalars);
        resumed.Train(6);
        TrainingTests.ShouldBeTheSame(resumed.Replicas[0], whole.Replicas[0]);
        Vectors.Distance(resumed.Replicas[0].Theta(), theta).ShouldBeGreaterThan(0.01);
    }

    [Theory]
    [InlineData(Normalization.None)]
    [InlineData(Normalization.WeightPerRow)]
    [InlineData(Normalization.Tangent)]
    public void Replicas_and_threads_change_no_bit(Normalization normalization)
    {
        var risk = TrainingTests.Images<float>();
        ReplicaStart[] starts =
            [.. OptimizerCases.All.Select((name, i) => new ReplicaStart(TrainingTests.Start(risk.Network, i),
                Everything(name, normalization)))];
        foreach (var threads in (int[])[1, 2, 3])
        {
            using var together = new Training<float>(risk, starts, new TrainingOptions { Threads = threads });
            together.Train(4);
            foreach (var (i, start) in starts.Index())
            {
                using var alone = new Training<float>(risk, [start], new TrainingOptions { Threads = 4 - threads });
                alone.Train(4);
                TrainingTests.ShouldBeTheSame(together.Replicas[i], alone.Replicas[0]);
            }
        }
    }

    [Theory]
    [InlineData(Normalization.None)]
    [InlineData(Normalization.Weight)]
    [InlineData(Normalization.Geodesic)]
    public void Steps_allocate_nothing(Normalization normalization)
    {
        var risk = TrainingTests.Images<float>();
        ReplicaStart[] starts =
            [.. OptimizerCases.All.Select((name, i) => new ReplicaStart(TrainingTests.Start(risk.Network, i),
                Everything(name, normalization)))];
        using var training = new Training<float>(risk, starts, new TrainingOptions { Threads = 1 });
        training.Train(5);
        var count = new AllocationCount();
        training.Train(10, default, t =>
        {
            if (t.Replicas[0].State.StepInEpoch == 1) count.Open();
            if (t.Replicas[0].State.StepInEpoch == 4) count.Close();
        });
        count.Least.ShouldBe(0);
    }

    // The fused kernel of plain coordinates is what the rules say, and a chain with the same rules is the same optimizer.
    [Theory]
    [InlineData(StepScale.Plain)]
    [InlineData(StepScale.LossBased)]
    [InlineData(StepScale.Normalized)]
    public void A_fused_step_is_its_pipeline(StepScale scale)
    {
        var risk = TrainingTests.Images<double>();
        var theta = TrainingTests.Start(risk.Network, 5);
        double[] End(Optimizer rule)
        {
            using var training = Descent.Of(risk, new DescentOptions(rule with { Scale = scale }) { WeightDecay = [0.01, 0.03] })
                .From(theta);
            training.Train(5);
            return training.Replicas[0].Theta();
        }
        foreach (var (sgd, rules) in (ReadOnlySpan<(Sgd, IRule[])>)
            [(new Sgd(0.02, batch: 8), []), (new Sgd(0.02, 0.7, 8) { Nesterov = true }, [new Momentum(0.7, Nesterov: true)])])
        {
            var fused = End(sgd);
            End(new Chain(0.02, 8, rules)).ShouldBe(fused);
            // A rule that does nothing: one by one.
            End(new Chain(0.02, 8, [.. rules, new Nothing()])).ShouldBe(fused, 1e-13);
            End(new Chain(0.02, 8, [new Nothing(Layers: true), .. rules])).ShouldBe(fused, 1e-13);
        }
    }

    [Fact]
    public void A_step_that_would_leave_the_range_is_not_taken()
    {
        foreach (var name in OptimizerCases.All)
        {
            var data = new Dataset("steep", [3, 1, -2, 5], [1, -1], 2);
            var risk = new DataRisk<float>(Network.Dense(2, Activation.Identity, 2, 1), Loss.Square, data);
            using var training = Descent.Of(risk, OptimizerCases.Of(name, 1e36, 0)).From(TrainingTests.Start(risk.Network, 1));
            Should.Throw<DivergenceException>(() => training.Train(400)).Message.ShouldContain("is kept. Try");
            foreach (var array in training.Replicas[0].State.Arrays.Where(static a => a.Values is float[]))
                ((float[])array.Values).ShouldAllBe(static v => float.IsFinite(v), $"{name}: {array.Name}");
        }
    }

    [Fact]
    public void Two_rules_with_arrays_of_one_name_are_refused()
    {
        var risk = TrainingTests.Images<float>();
        var twice = new Chain(0.1, 0, new Momentum(0.5), new Momentum(0.9));
        Should.Throw<ArgumentException>(() => Descent.Of(risk, twice).From(TrainingTests.Start(risk.Network, 1))).Message
            .ShouldBe("two arrays of a descent's state are named 'momentum'; every rule needs names of its own");
    }

    [Fact]
    public void Every_kind_is_known_by_its_name_and_makes_its_optimizer()
    {
        var kinds = OptimizerKind.All;
        kinds[0].ShouldBe(OptimizerKind.Default);
        kinds.Select(static k => k.Name).Distinct().Count().ShouldBe(kinds.Count);
        foreach (var kind in kinds)
        {
            var made = kind.Create(0.25, 7, new OptimizerValues(kind, new Dictionary<string, double>()));
            (made.LearningRate.At(3), made.Batch).ShouldBe((0.25, 7));
            made.Check();
            made.GetType().GetProperty("Kind")!.GetValue(null).ShouldBe(kind);
            kind.Keys.ShouldAllBe(static k => k.Name == k.Name.ToLowerInvariant() && k.About.Length > 0);
        }
        var momentum = OptimizerKind.Default;
        Should.Throw<ArgumentException>(() => new OptimizerValues(momentum, new Dictionary<string, double> { ["beta"] = 1 })).Message
            .ShouldBe("momentum has no key 'beta'");
        var impostor = momentum with { Formula = "another" };
        Should.Throw<ArgumentException>(() => OptimizerKind.Register(impostor)).Message
            .ShouldStartWith("an optimizer named 'momentum' exists already");
        OptimizerKind.Register(Sgd.Kind);
        OptimizerKind.All.Count(static k => k.Name == Sgd.Kind.Name).ShouldBe(1);
    }

    /// <summary>Every optimizer in four coordinates.</summary>
    public static TheoryData<string, Normalization> NamesAndCoordinates()
    {
        var all = new TheoryData<string, Normalization>();
        foreach (var name in OptimizerCases.All)
            foreach (var normalization in (Normalization[])
                [Normalization.None, Normalization.Weight, Normalization.WeightPerRow, Normalization.Geodesic])
                all.Add(name, normalization);
        return all;
    }

    private static DescentOptions Everything(string name, Normalization normalization) =>
        new(OptimizerCases.Of(name, LearningRate.Cosine(0.05, 20, 0.01), 8) with { Temperature = 1e-4 })
        {
            WeightDecay = [0.01],
            Normalization = normalization,
            Norms = normalization == Normalization.None ? null : NormControl.Trained,
            LabelNoise = new LabelNoise(0.1, LabelNoiseKind.Flips),
            Perturbation = new Perturbation(Epochs.At(2), 0.25),
            Rescaling = new Rescaling(Epochs.At(3), 1.5),
            Seed = 7,
        };

    private sealed record Nothing(bool Layers = false) : IRule
    {
        public bool TakesWholeLayers => Layers;

        public IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> => new Update<T>();

        private sealed class Update<T> : IUpdate<T> where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            void IUpdate<T>.Update(in Part<T> part, Span<T> u) { }

            public double Bound(in Reach reach) => reach.Direction;
        }
    }
}
