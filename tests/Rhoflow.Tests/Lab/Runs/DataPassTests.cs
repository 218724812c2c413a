using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Runs;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Shouldly;
using Xunit;
using Fixture = Rhoflow.Tests.Measures.Observations;

namespace Rhoflow.Tests.Lab.Runs;

/// <summary>What looks at a trained network goes through its data once.</summary>
public class DataPassTests
{
    private readonly int _seed = Random.Shared.Next();

    [Theory]
    [InlineData("convolutional")]
    [InlineData("normalized")]
    [InlineData("several blocks")]
    public void It_gives_what_a_linearization_gives(string name)
    {
        Same<float>(name);
        Same<double>(name);
    }

    private void Same<T>(string name) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        // The last has so wide a layer that not all examples go together here, though they do there.
        var (network, examples) = name switch
        {
            "convolutional" => (Fixture.Convolutional(3), 40),
            "normalized" => (Fixture.Normalized(3), 40),
            _ => (Network.Dense(24, 70_000, 3), 300),
        };
        var data = Fixture.Classes(_seed, examples, 24, 3);
        double[] theta = Initialization.Kaiming(network, new RandomStream(_seed, 1)), statistics = Fixture.Statistics(network, _seed);
        int[] layers = [.. Enumerable.Range(1, network.Depth)];
        var setting = new MeasureSetting(network, Loss.CrossEntropy, data) { FeatureLayers = layers };
        var table = new MeasureTable(new ObserveConfig { Unit = "epoch", Measures = ["collapse"] }, setting);
        foreach (var reduction in (Reduction[])[Reduction.Mean, Reduction.Sum])
        {
            using var pass = new DataPass<T>(network, Loss.CrossEntropy, data, reduction, theta, statistics, table, 2, default);
            using var at = Linearization.Of<T>(network, Loss.CrossEntropy, data, reduction, theta, statistics, 1);
            pass.Outputs.ShouldBe(at.Outputs.ToArray(), $"seed {_seed}");
            pass.LogLoss.ShouldBe(at.Value.LogLoss);
            foreach (var k in layers)
            {
                var (features, expected) = (pass.Features(k)!, at.Features(k));
                (features.Count, features.Width).ShouldBe((expected.Count, expected.Width));
                for (var n = 0; n < features.Count; n++)
                    features.Row(n).AsSpan().SequenceEqual(expected.Row(n)).ShouldBeTrue($"layer {k}, example {n}, seed {_seed}");
            }
        }
    }

    [Fact]
    public void A_look_takes_one_forward_pass()
    {
        var counted = new CountedLayer(8);
        var network = new NetworkBuilder(24).Dense(8).Then(_ => counted).Then(Activation.ReLU).Dense(3).Build();
        var trained = new TrainedNetwork
        {
            Source = "a test",
            Network = network,
            Theta = Initialization.Kaiming(network, new RandomStream(_seed)),
            Loss = Loss.CrossEntropy,
            Precision = Precision.Float32,
            Train = Fixture.Classes(_seed, 1200, 24, 3),
            Test = Fixture.Classes(_seed + 1, 70, 24, 3),
        };
        int Examples(params string[] families)
        {
            counted.Forwards = 0;
            var seen = NetworkInspection.Of(trained, families, 40, threads: 1, TestContext.Current.CancellationToken);
            seen.Measures.ShouldContain(static m => m.Column == "log10_loss" && double.IsFinite(m.Value));
            return counted.Forwards;
        }

        Examples("loss", "norms").ShouldBe(1200 + 70);
        Examples("loss", "norms", "collapse").ShouldBe(1200 + 70);
        // Margins at the input are those of 1000 examples, which their gradients need a pass for.
        Examples("loss", "norms", "collapse", "margins").ShouldBe(1200 + 70 + 1000);
    }

    // z_i = w_i a_i, and how many examples went through it.
    private sealed class CountedLayer(int size) : BilinearLayer
    {
        public int Forwards { get; set; }

        public override WeightLayerKind Kind { get; } = new("counted", "z_i = w_i a_i", [], static (s, _) => new CountedLayer(s.Count));

        public override TensorShape Output => TensorShape.Vector(size);

        public override int Rows => size;

        public override int Columns => 1;

        public override void Forward<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> a, Span<T> z)
        {
            Forwards++;
            for (var i = 0; i < a.Length; i++) z[i] += w[i] * a[i];
        }

        protected override void Transposed<T>(ReadOnlySpan<T> w, ReadOnlySpan<T> delta, Span<T> below)
        {
            for (var i = 0; i < delta.Length; i++) below[i] += w[i] * delta[i];
        }

        protected override void Outer<T>(ReadOnlySpan<T> delta, ReadOnlySpan<T> a, Span<T> gradient)
        {
            for (var i = 0; i < delta.Length; i++) gradient[i] += delta[i] * a[i];
        }
    }
}
