using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class TrainingTests
{
    // Images with batch normalization and classes: everything that has a state takes part.
    internal static DataRisk<T> Images<T>(int seed = 1, Loss? loss = null) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shape = new TensorShape(4, 4, 2);
        var net = new NetworkBuilder(shape).Convolution(3, kernel: 3, padding: 1).BatchNorm(affine: true).Then(Activation.ReLU)
            .GlobalAverage().Dense(3).Build();
        var random = new Random(seed);
        double[] y = [.. Enumerable.Range(0, 26).Select(n => (double)(n % 3))];
        var data = Dataset.Of("random", Problems.Normal(random, 26 * shape.Count), y, shape.Count, ["a", "b", "c"], shape);
        return new DataRisk<T>(net, loss ?? Loss.CrossEntropy, data);
    }

    private static DescentOptions Everything(Normalization normalization = Normalization.None) =>
        new(new Sgd(LearningRate.Cosine(0.1, 20, 0.01), 0.9, batch: 8) { Nesterov = true, Temperature = 1e-4 })
        {
            WeightDecay = [0.01],
            Normalization = normalization,
            Norms = normalization == Normalization.None ? null : NormControl.Trained,
            LabelNoise = new LabelNoise(0.1, LabelNoiseKind.Flips),
            Perturbation = new Perturbation(Epochs.At(2), 0.25),
            Rescaling = new Rescaling(Epochs.At(3), 1.5),
            Seed = 7,
        };

    internal static double[] Start(Network net, int seed) => Initialization.Kaiming(net, new RandomStream(seed));

    private static (string Name, double[] Values)[] Saved<T>(Replica<T> r) where T : unmanaged, IFloatingPointIeee754<T> =>
        [.. r.State.Arrays.Select(static a => (a.Name, a.Values.Cast<object>().Select(Convert.ToDouble).ToArray())), ("w", r.Theta()),
            .. r.State.Scalars.Select(static s => (s.Key, new[] { s.Value }))];

    internal static void ShouldBeTheSame<T>(Replica<T> a, Replica<T> b) where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var (one, other) in Saved(a).Zip(Saved(b)))
        {
            one.Name.ShouldBe(other.Name);
            one.Values.ShouldBe(other.Values, one.Name);
        }
    }

    [Theory]
    [InlineData(Normalization.None)]
    [InlineData(Normalization.WeightPerRow)]
    [InlineData(Normalization.Geodesic)]
    public void Resumed_training_is_the_uninterrupted_one(Normalization normalization)
    {
        var risk = Images<float>();
        var theta = Start(risk.Network, 3);
        using var whole = Descent.Of(risk, Everything(normalization)).From(theta);
        whole.Train(6);

        // Interrupted in the middle of an epoch, after the perturbation and before the rescaling.
        using var begun = Descent.Of(risk, Everything(normalization)).From(theta);
        using var cancel = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => begun.Train(6, cancel.Token, t =>
        {
            if (t.Replicas[0].State.Step == 10) cancel.Cancel();
        })).CancellationToken.ShouldBe(cancel.Token);
        begun.Replicas[0].State.StepInEpoch.ShouldBe(2);
        var arrays = begun.Replicas[0].State.Arrays.ToDictionary(static a => a.Name, static a => (Array)a.Values.Clone());
        var scalars = begun.Replicas[0].State.Scalars;

        using var resumed = Descent.Of(risk, Everything(normalization)).From(Start(risk.Network, 99));
        resumed.Replicas[0].Restore(arrays, scalars);
        resumed.Train(6);
        ShouldBeTheSame(resumed.Replicas[0], whole.Replicas[0]);
        resumed.Replicas[0].State.Step.ShouldBe(24);

        arrays.Remove("momentum");
        Should.Throw<ArgumentException>(() =>
            resumed.Replicas[0].Restore(arrays, scalars)).Message.ShouldBe("the saved state has no array 'momentum'");
        arrays["momentum"] = new double[3];
        Should.Throw<ArgumentException>(() =>
            resumed.Replicas[0].Restore(arrays, scalars)).Message.ShouldContain("is 3 numbers of type Double; this descent needs");
    }

    [Fact]
    public void Replicas_and_threads_change_no_bit()
    {
        var risk = Images<float>();
        ReplicaStart[] starts =
        [
            new(Start(risk.Network, 1), Everything()),
            new(Start(risk.Network, 2), Everything() with { WeightDecay = [0.1], NoiseSeed = 12 }),
            new(Start(risk.Network, 3), Everything(Normalization.Coefficient) with { Rule = new Sgd(0.05, batch: 8) }),
            new(Start(risk.Network, 1), Everything() with { LabelNoise = null, Perturbation = null }),
        ];
        foreach (var (threads, block) in (ReadOnlySpan<(int, int)>)[(1, 2048), (2, 2048), (3, 2048), (2, 3)])
        {
            using var together = new Training<float>(risk, starts, new TrainingOptions { Threads = threads, Block = block });
            together.Train(4);
            foreach (var start in starts)
            {
                using var alone = new Training<float>(risk, [start], new TrainingOptions { Threads = 4 - threads, Block = block });
                alone.Train(4);
                ShouldBeTheSame(together.Replicas[Array.IndexOf(starts, start)], alone.Replicas[0]);
            }
        }
        var other = starts[1] with { Options = starts[1].Options with { Seed = 8 } };
        Should.Throw<ArgumentException>(() =>
            new Training<float>(risk, [starts[0], other])).Message.ShouldContain("batch, drop-last and seed must be equal");
    }

    [Fact]
    public void Full_gradients_summed_over_blocks_are_the_full_gradient()
    {
        foreach (var loss in Loss.Binary)
        {
            var risk = new DataRisk<double>(Network.Dense(3, 5, 1), loss, Problems.Separable(3, 50, 3, 0.1));
            var theta = Start(risk.Network, 4);
            double[] End(int block)
            {
                using var training = Descent.Of(risk, new Sgd(0.002, 0.5)).From(theta, new TrainingOptions { Block = block });
                training.Train(30);
                return training.Replicas[0].Theta();
            }
            var whole = End(2048);
            End(7).ShouldBe(whole, 1e-12);
            End(50).ShouldBe(whole);
        }
    }

    [Fact]
    public void Scores_are_those_of_the_whole_set_in_any_blocks()
    {
        var risk = Images<double>();
        using var training = Descent.Of(risk, new Sgd(0.1, batch: 8)).From(Start(risk.Network, 1), new TrainingOptions { Block = 5 });
        training.Train(3);
        var f = new double[26 * 3];
        var score = training.Evaluate(training.Replicas[0], outputs: f);
        var value = Loss.CrossEntropy.Evaluate(f, risk.Y, 3, new double[78]);
        score.LogLoss.ShouldBe(value.LogLoss - Math.Log(26), 1e-14);
        score.Error.ShouldBe(Margin.CountErrors(f, risk.Y, 3) / 26.0);
        using var large = Descent.Of(risk, new Sgd(0.1)).From(training.Replicas[0].Theta());
        var atOnce = large.Evaluate(large.Replicas[0], by: NormalizeBy.Batch).LogLoss;
        atOnce.ShouldNotBe(score.LogLoss);
        // In a training by small minibatches too, the statistics of all examples are those of all.
        training.Evaluate(training.Replicas[0], by: NormalizeBy.Batch).LogLoss.ShouldBe(atOnce);
    }

    [Fact]
    public void Steps_allocate_nothing()
    {
        var risk = Images<float>();
        using var training = new Training<float>(risk, [new(Start(risk.Network, 1), Everything()),
            new(Start(risk.Network, 2), Everything(Normalization.Tangent))], new TrainingOptions { Threads = 1 });
        training.Train(5);
        var count = new AllocationCount();
        training.Train(10, default, t =>
        {
            // Between the first and the last step of an epoch.
            if (t.Replicas[0].State.StepInEpoch == 1) count.Open();
            if (t.Replicas[0].State.StepInEpoch == 4) count.Close();
        });
        count.Least.ShouldBe(0);
    }

    [Fact]
    public void Divergence_says_where_and_keeps_the_state_before_the_step()
    {
        var data = new Dataset("steep", [3, 1, -2, 5], [1, -1], 2);
        var risk = new DataRisk<float>(Network.Dense(2, Activation.Identity, 2, 1), Loss.Square, data);
        using var training = Descent.Of(risk, new Sgd(40, 0.5)).From(Start(risk.Network, 1));
        var last = Array.Empty<float>();
        var error = Should.Throw<DivergenceException>(() =>
            training.Train(100, default, t => last = t.Replicas[0].Failure is null ? t.Replicas[0].Weights.ToArray() : last));
        error.Message.ShouldStartWith("the descent diverged at epoch ");
        error.Message.ShouldContain("with learning rate 40: ");
        error.Message.ShouldContain("layer ");
        error.Message.ShouldContain("The last finite loss was 10^");
        var replica = training.Replicas[0];
        replica.Weights.ToArray().ShouldBe(last);
        last.ShouldAllBe(static w => float.IsFinite(w));
        replica.State.OfRule("momentum").ToArray().ShouldAllBe(static m => float.IsFinite(m));
        replica.State.Epoch.ShouldBeLessThan(100);

        // Beside it another one goes on, with the bits that it has alone.
        ReplicaStart sound = new(Start(risk.Network, 1), new DescentOptions(new Sgd(0.01)));
        using var both = new Training<float>(risk, [new(Start(risk.Network, 1), new DescentOptions(new Sgd(40, 0.5))), sound]);
        using var alone = new Training<float>(risk, [sound]);
        both.Train(100);
        alone.Train(100);
        both.Replicas[0].Failure!.Message.ShouldBe(error.Message);
        ShouldBeTheSame(both.Replicas[1], alone.Replicas[0]);

        using var lagrange = Descent.Of(risk, new DescentOptions(new Sgd(40)) { Normalization = Normalization.Lagrange })
            .From(Start(risk.Network, 1));
        var before = lagrange.Replicas[0].Theta();
        Should.Throw<DivergenceException>(() => lagrange.Train(100)).Message.ShouldContain("the Lagrange step needs ‖g‖² ≤ 1 + (V·g)²");
        lagrange.Replicas[0].Theta().ShouldBe(before);
    }

    [Fact]
    public void Training_stops_where_it_is_told()
    {
        var data = Problems.Separable(2, 20, 3, 0.3);
        var risk = new DataRisk<double>(Network.Dense(3, 1), Loss.Logistic, data);
        DescentOptions Until(StopWhen stop) => new(new Sgd(0.5)) { Stop = stop };
        double[] theta = [-1, 0.5, 0.2];
        using var training = new Training<double>(risk,
        [
            new(theta, Until(new StopWhen { Log10Loss = -1 })),
            new(theta, Until(new StopWhen { TrainError = 0 })),
            new(theta, Until(new StopWhen { Rho = 4 })),
            new(theta, Until(new StopWhen { Patience = 3 }) with { Rule = new Sgd(1e-300) }),
        ], new TrainingOptions { Test = Problems.Separable(2, 9, 3, 0.3) });
        training.Train(5000);
        training.Evaluate(training.Replicas[0]).Log10Loss.ShouldBeInRange(-1.05, -1);
        training.Evaluate(training.Replicas[1]).Error.ShouldBe(0);
        Math.Exp(training.Replicas[2].LogRho()).ShouldBeInRange(4, 4.1);
        // The first test loss is a minimum, the next three are no smaller.
        training.Replicas[3].State.Epoch.ShouldBe(4);
        training.Replicas.Select(static r => r.Ending)
            .ShouldBe(["the training loss has reached 10^-1", "the training error has reached 0", "ρ has reached 4",
            "the test loss has not improved for 3 epochs"]);
    }

    [Fact]
    public void The_example_of_the_library_runs()
    {
        var risk32 = new DataRisk<float>(Network.Dense(4, 8, 3), Loss.CrossEntropy, Iris.Load());
        var seen = 0;
        using var run = Descent.Of(risk32, new Sgd(learningRate: 0.01, momentum: 0.9, batch: 32), weightDecay: 0.001)
            .Replicas(seeds: 2, frobenius: [0.5, 1, 2])
            .Train(epochs: 20, observe: _ => seen++);
        seen.ShouldBe(120);
        run.Replicas.Count.ShouldBe(6);
        run.Replicas.Min(r => run.Evaluate(r).Error).ShouldBeLessThan(0.1);
    }
}
