using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

public class InterventionTests
{
    private const double Nothing = 1e-300;      // a learning rate that moves no weight

    private static readonly Network s_net = Network.Dense(40, 50, 1);

    private static Training<double> From(double[] theta, DescentOptions options, Loss? loss = null) =>
        Descent.Of(new DataRisk<double>(s_net, loss ?? Loss.Square, Problems.Separable(1, 30, 40, 0.1)), options).From(theta);

    private static double[] Start(int seed = 1) => Initialization.Kaiming(s_net, new RandomStream(seed));

    private static double Deviation(ReadOnlySpan<double> w)
    {
        var mean = w.ToArray().Average();
        return Math.Sqrt(w.ToArray().Average(v => (v - mean) * (v - mean)));
    }

    [Theory]
    [InlineData(PerturbationScale.Absolute)]
    [InlineData(PerturbationScale.LayerDeviation)]
    [InlineData(PerturbationScale.GradientNorm)]
    public void A_perturbation_has_its_size_and_comes_at_its_epochs(PerturbationScale scale)
    {
        var theta = Start();
        var h = new double[theta.Length];
        var value = new EmpiricalRisk(s_net, Loss.Square, Problems.Separable(1, 30, 40, 0.1)).Evaluate(theta, h);
        using var training = From(theta,
            new DescentOptions(new Sgd(Nothing)) { Perturbation = new Perturbation(Epochs.At(2), 0.25, scale) });
        training.Train(2);
        training.Replicas[0].Theta().ShouldBe(theta);
        training.Train(5);
        foreach (var layer in s_net.Layers)
        {
            double[] difference = [.. layer.Of(training.Replicas[0].Theta()).ToArray().Zip(layer.Of(theta).ToArray(), (a, b) => a - b)];
            var sigma = 0.25 * scale switch
            {
                PerturbationScale.Absolute => 1,
                PerturbationScale.LayerDeviation =>
                Deviation(layer.Of(theta)),
                _ => Math.Exp(value.LogScale) * Vectors.Norm(h)
            };
            var noise = 4 / Math.Sqrt(2 * layer.Count);
            Math.Sqrt(difference.Average(static d => d * d)).ShouldBeInRange(sigma * (1 - noise), sigma * (1 + noise));
        }
        // With constant ρ a perturbation moves the directions only.
        using var sphere = From(theta, new DescentOptions(new Sgd(Nothing))
        {
            Normalization = Normalization.Geodesic,
            Perturbation = new Perturbation(Epochs.At(0), 0.25, scale)
        });
        sphere.Train(1);
        for (var k = 0; k < 2; k++) sphere.Replicas[0].Norm(k).ShouldBe(Vectors.Norm(s_net.Layers[k].Of(theta)), 1e-12);
        Vectors.Angle(sphere.Replicas[0].Theta(), theta).ShouldBeGreaterThan(0.01);
    }

    [Fact]
    public void Norms_follow_their_schedule_and_rescalings()
    {
        foreach (var (text, rho) in (ReadOnlySpan<(string, Func<int, double>)>)[("3 + log(1 + step)", static n => 3 + Math.Log(1 + n)),
            ("2^epoch", static n => Math.Pow(2, n / 3)), ("1 + t", static n => 1 + n / 3)])
        {
            using var training = From(Start(), new DescentOptions(new Sgd(0.01, batch: 10))
            {
                Normalization = Normalization.Tangent,
                Norms = NormControl.Scheduled(text)
            });
            var ratio = training.Replicas[0].Norm(0) / training.Replicas[0].Norm(1);
            training.Train(4, default, t =>
            {
                Math.Exp(t.Replicas[0].LogRho()).ShouldBe(rho((int)t.Replicas[0].State.Step - 1), 1e-12);
                (t.Replicas[0].Norm(0) / t.Replicas[0].Norm(1)).ShouldBe(ratio, 1e-11);
            });
        }
        foreach (var normalization in Enum.GetValues<Normalization>())
        {
            using var training = From(Start(),
                new DescentOptions(new Sgd(Nothing)) { Normalization = normalization, Rescaling = new Rescaling(Epochs.At(1, 2), 3) });
            training.Train(3);
            training.Replicas[0].Theta().ShouldBe([.. Start().Select(static w => 9 * w)], 1e-13);
        }
        Should.Throw<FormatException>(() => NormControl.Scheduled("3 + epch")).Message.ShouldContain("allowed: numbers, t");
        using var negative = From(Start(),
            new DescentOptions(new Sgd(0.01)) { Normalization = Normalization.Tangent, Norms = NormControl.Scheduled("2 - epoch") });
        Should.Throw<ArgumentException>(() =>
            negative.Train(5)).Message.ShouldBe("the schedule of ρ gives 0 at epoch 2; a positive finite number is needed");
    }

    [Fact]
    public void Noise_on_targets_has_mean_zero_and_its_amplitude()
    {
        double[] y = [.. Enumerable.Range(0, 20).Select(static n => (double)(n % 4))];
        foreach (var kind in (LabelNoiseKind[])[LabelNoiseKind.Signs, LabelNoiseKind.Normal])
        {
            var noise = new TargetNoise(new LabelNoise(0.5, kind), 4, 20, seed: 1);
            double[] sum = new double[80], squares = new double[80];
            const int Steps = 4000;
            for (var step = 0; step < Steps; step++)
            {
                noise.Draw(y, step, 0);
                noise.Y.IsEmpty.ShouldBeTrue();
                for (var i = 0; i < 80; i++)
                {
                    sum[i] += noise.Shift[i];
                    squares[i] += noise.Shift[i] * noise.Shift[i];
                }
            }
            sum.ShouldAllBe(s => Math.Abs(s / Steps) < 4.5 * 0.5 / Math.Sqrt(Steps));
            squares.Average().ShouldBe(0.25 * Steps, 0.25 * Steps * (kind == LabelNoiseKind.Signs ? 1e-12 : 0.02));
            noise.Draw(y, 17, 0);
            var drawn = noise.Shift.ToArray();
            noise.Draw(y, 18, 0);
            noise.Shift.ToArray().ShouldNotBe(drawn);
            noise.Draw(y, 17, 0);
            noise.Shift.ToArray().ShouldBe(drawn);
        }
        var flips = new TargetNoise(new LabelNoise(0.3, LabelNoiseKind.Flips), 4, 20, seed: 1);
        var counts = new int[4];
        for (var step = 0; step < 3000; step++)
        {
            flips.Draw(y, step, 0);
            for (var n = 0; n < 20; n++) counts[((int)flips.Y[n] - (int)y[n] + 4) % 4]++;
        }
        ((double)counts[0]).ShouldBe(42000, 600);
        foreach (var c in counts[1..]) ((double)c).ShouldBe(6000, 400);
        var signs = new TargetNoise(new LabelNoise(1, LabelNoiseKind.Flips), 1, 2, seed: 1);
        signs.Draw([1, -1], 0, 0);
        signs.Y.ToArray().ShouldBe([-1, 1]);
    }

    [Fact]
    public void A_step_with_noisy_targets_is_the_step_on_those_targets()
    {
        var data = Problems.Separable(1, 30, 40, 0.1);
        var options = new DescentOptions(new Sgd(0.01))
        {
            LabelNoise = new LabelNoise(0.7, LabelNoiseKind.Normal),
            Seed = 5,
            NoiseSeed = 6
        };
        using var noisy = From(Start(), options);
        noisy.Train(1);
        var noise = new TargetNoise(options.LabelNoise, 1, 30, 6);
        noise.Draw(data.Y, 0, 0);
        var moved = new Dataset("moved", data.X.ToArray(), [.. data.Y.ToArray().Zip(noise.Shift.ToArray(), (a, b) => a + b)], 40);
        using var plain = Descent.Of(new DataRisk<double>(s_net, Loss.Square, moved), new Sgd(0.01)).From(Start());
        plain.Train(1);
        noisy.Replicas[0].Theta().ShouldBe(plain.Replicas[0].Theta(), 1e-15);
    }

    [Fact]
    public void Options_that_do_not_fit_say_why()
    {
        void Refused(DescentOptions options, string why, Loss? loss = null) =>
            Should.Throw<ArgumentException>(() => From(Start(), options, loss)).Message.ShouldContain(why);
        var sgd = new Sgd(0.1);
        Refused(new(sgd) { WeightDecay = [1, 2, 3] }, "3 weight decays were given for a network of 2 layers");
        Refused(new(sgd) { WeightDecay = [-1] }, "must be finite and not negative; -1 was given");
        Refused(new(sgd with { Nesterov = true }), "needs a momentum above 0");
        Refused(new(sgd) { Norms = NormControl.Constant }, "without a normalization there is no ρ_k");
        Refused(new(sgd) { Normalization = Normalization.WeightPerRow, Norms = NormControl.Scheduled("1") }, "one g per row");
        Refused(new(sgd) { LabelNoise = new(0.1) }, "use flips, or a square loss", Loss.Logistic);
        Refused(new(sgd) { LabelNoise = new(1.5, LabelNoiseKind.Flips) }, "must be in [0, 1]; 1.5 was given");
        Refused(new(sgd) { Rescaling = new(Epochs.At(1), 0) }, "must be positive and finite; 0 was given");
        Refused(new(sgd) { Stop = new StopWhen { Patience = 2 } }, "patience watches the loss on test data; there are none");
        Should.Throw<ArgumentException>(() => From(new double[7], new(sgd))).Message.ShouldContain("parameters; 7 were given as a start");
        Should.Throw<ArgumentException>(() =>
            From(s_net.Zeros(), new(sgd) { Normalization = Normalization.Tangent })).Message.ShouldContain("has no direction V_k");
    }
}
