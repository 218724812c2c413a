using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Descents;

/// <summary>Training far below the smallest number of either type.</summary>
public class LogFrameTests
{
    private static readonly Dataset s_data = Problems.Separable(5, 30, 4, 0.5);

    [Fact]
    public void A_loss_based_step_reaches_1e_minus_1000_at_the_maximum_margin()
    {
        foreach (var loss in (Loss[])[Loss.Exponential, Loss.Logistic, Loss.CrossEntropy])
        {
            Reaches<double>(loss, 1e-2);
            Reaches<float>(loss, 1e-2);
        }
    }

    private static void Reaches<T>(Loss loss, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var options = new DescentOptions(new Sgd(3) { Scale = StepScale.LossBased }) { Stop = new StopWhen { Log10Loss = -1000 } };
        using var training = Descent.Of(new DataRisk<T>(Network.Dense(4, 1), loss, s_data), options).From(new double[4]);
        training.Train(20000);
        training.Replicas[0].Ending.ShouldBe("the training loss has reached 10^-1000");
        training.Evaluate(training.Replicas[0]).Error.ShouldBe(0);
        var limit = HardMargin.Solve(s_data);
        Vectors.Angle(training.Replicas[0].Theta(), limit.Direction).ShouldBeLessThan(tolerance);
    }

    [Fact]
    public void So_does_a_deep_network_of_classes_by_minibatches()
    {
        var classes = new Dataset("classes", s_data.X.ToArray(), [.. s_data.Y.ToArray().Select(static y => (y + 1) / 2)], 4);
        var risk = new DataRisk<float>(Network.Dense(4, 12, 2), Loss.CrossEntropy, classes);
        var options = new DescentOptions(new Sgd(0.01, 0.5, batch: 10) { Scale = StepScale.LossBased })
        {
            Stop =
            new StopWhen { Log10Loss = -1000 }
        };
        using var training = Descent.Of(risk, options).From(Initialization.Kaiming(risk.Network, new RandomStream(1)));
        training.Train(3000);
        training.Replicas[0].Ending.ShouldNotBeNull($"{training.Replicas[0].State.LogLoss}");
        training.Replicas[0].State.LogLoss.ShouldBeLessThan(-2000);
    }

    // Normalized steps on the sphere between rescalings follow the minimizers at fixed ρ (T3 eq. 10), whose margins grow to the maximum.
    [Fact]
    public void Progressive_rescaling_follows_the_fixed_rho_minimizers()
    {
        double[] start = [1, 0, 0, 0];
        var options = new DescentOptions(new Sgd(LearningRate.Steps(0.05, 0.1, 1000, 1100)) { Scale = StepScale.Normalized })
        {
            Normalization = Normalization.Coefficient,
            Rescaling = new Rescaling(Epochs.Every(100, first: 100, last: 600), 2),
        };
        using var training = Descent.Of(new DataRisk<double>(Network.Dense(4, 1), Loss.Exponential, s_data), options).From(start);
        training.Train(1300);
        training.Replicas[0].Norm(0).ShouldBe(64, 1e-12);
        var minimizer = FixedRhoMinimizer.Solve(s_data, 64);
        Vectors.Angle(training.Replicas[0].State.X, minimizer.Direction).ShouldBeLessThan(2e-3);
    }

    [Fact]
    public void A_sum_of_gradients_takes_the_larger_scale()
    {
        double[] h = [1, 2], other = [10, -10];
        var sum = GradientSum.Add(h, new LossValue(-1000, -1000), other, new LossValue(-1001, -1001));
        sum.LogLoss.ShouldBe(-1000 + Math.Log(1 + Math.Exp(-1)), 1e-12);
        sum.LogScale.ShouldBe(-1000);
        h.ShouldBe([1 + 10 * Math.Exp(-1), 2 - 10 * Math.Exp(-1)], 1e-14);
        sum = GradientSum.Add(h, sum, [1, 1], new LossValue(-10, -10));
        sum.ShouldBe(new LossValue(-10, -10));
        h.ShouldBe([1, 1], 1e-15);
    }
}
