using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>Examples that differ little beside where they lie: no rest where there is none, and the right numbers.</summary>
public class CancellingInputsTests
{
    private static readonly double[] s_deviations =
    [
        .346, .822, .33, -1.303, .905, .446, -.537, .581, .365, .294, .028, .547, -.736, -.163, -.482, .599, .04, -.292, -.782, -.257,
        .008, -.276, 1.294, 1.007,
    ];

    private static readonly double[] s_labels = [1, -1, 1, 1, 1, 1, -1, 1, -1, -1, -1, 1];

    [Theory]
    [InlineData(1e8, -1e8, 1.071479, .648917, -.261733)]
    [InlineData(1e7, 3333333.3333333333, double.NaN, .772930, .240792)]
    public void Large_offsets_do_not_stop_the_flow(double first, double second, double early, double middle, double late)
    {
        double[] x = [.. s_deviations.Select((v, i) => Math.Round((i % 2 == 0 ? first : second) + v, 10))];
        var trajectory = Flow(x, s_labels).From(new double[3]);
        var points = trajectory.At([Instant.FromT(.001), Instant.FromT(1), Instant.FromT(100)]).ToArray();
        if (!double.IsNaN(early)) (points[0].LogLoss / Math.Log(10)).ShouldBe(early, 2e-6);
        (points[1].LogLoss / Math.Log(10)).ShouldBe(middle, 2e-6);
        (points[2].LogLoss / Math.Log(10)).ShouldBe(late, 2e-6);
        points[2].TrainError.ShouldBe(0);
        trajectory.RestedAt.ShouldBeNull();
        trajectory.Steps.ShouldBeLessThan(20_000);
    }

    // With the offset slaved, a = ½ log(S₊/S₋), the slow coordinate c descends 2√(S₊S₋), S± = Σ e^{∓c δ} over a class.
    [Fact]
    public void Any_large_offset_gives_the_flow_with_the_offset_slaved()
    {
        var seed = Random.Shared.Next();
        for (var draw = 0; draw < 4; draw++)
        {
            var random = new Random(seed + draw);
            var angle = 2 * Math.PI * random.NextDouble();
            double cosine = Math.Cos(angle), sine = Math.Sin(angle), offset = Math.Pow(10, 7 + 2 * random.NextDouble());
            const int count = 14;
            double[] x = new double[2 * count], y = new double[count], delta = new double[count];
            for (var n = 0; n < count; n++)
            {
                y[n] = n % 2 * 2 - 1;
                double along = random.NextDouble() - .5, across = y[n] * (.2 + random.NextDouble());
                x[2 * n] = offset * cosine + along * cosine - across * sine;
                x[2 * n + 1] = offset * sine + along * sine + across * cosine;
                // The example as it is in double.
                delta[n] = (x[2 * n + 1] - offset * sine) * cosine - (x[2 * n] - offset * cosine) * sine;
            }
            double[] times = [.01, 1, 30];
            var points = Flow(x, y).From(new double[3]).At([.. times.Select(Instant.FromT)]).ToArray();
            var slaved = Slaved(delta, y, times);
            for (var i = 0; i < times.Length; i++)
                points[i].LogLoss.ShouldBe(slaved[i], 2e-5, $"seed {seed} + {draw}, offset {offset}, t = {times[i]}");
        }
    }

    [Fact]
    public void Where_both_can_be_followed_the_coordinates_do_not_matter()
    {
        double[] x = [.. s_deviations.Select((v, i) => (i % 2 == 0 ? 2e4 : -1e4) + v)];
        var flow = Flow(x, s_labels);
        Instant[] instants = [Instant.FromT(.01), Instant.FromT(1), Instant.FromT(50)];
        var adapted = flow.From([.1, .2, -.3]).At(instants).ToArray();
        var plain = flow.From([.1, .2, -.3], new IntegrationOptions { Method = Method.Radau }).At(instants).ToArray();
        for (var i = 0; i < 3; i++)
        {
            adapted[i].LogLoss.ShouldBe(plain[i].LogLoss, 1e-7);
            Vectors.Distance(adapted[i].State, plain[i].State).ShouldBeLessThan(1e-6);
            adapted[i].Margin.ShouldBe(plain[i].Margin, 1e-6);
        }
    }

    [Fact]
    public void Data_that_cannot_be_separated_still_come_to_rest()
    {
        double[] labels = [.. s_labels];
        (labels[0], labels[1]) = (-1, 1);
        double Limit(double offset, out bool rested)
        {
            double[] x = [.. s_deviations.Select((v, i) => (i % 2 == 0 ? offset : -offset) + v)];
            var trajectory = Flow(x, labels).From(new double[3]);
            var last = trajectory.At([Instant.FromLog10T(15)]).Last();
            rested = trajectory.RestedAt is not null;
            return last.LogLoss;
        }
        // With a constant input the minimum does not depend on where the data lie.
        Limit(1e5, out var near).ShouldBe(Limit(0, out _), 1e-6);
        near.ShouldBeTrue();
    }

    [Fact]
    public void What_float64_does_not_resolve_is_said()
    {
        double[] x = [.. s_deviations.Select((v, i) => (i % 2 == 0 ? 1e8 : -1e8) + v)];
        var seen = new List<FlowPoint>();
        var error = Should.Throw<IntegrationException>(() =>
        {
            foreach (var point in Flow(x, s_labels).From(new double[3]).At([Instant.FromT(1), Instant.FromLog10T(40)])) seen.Add(point);
        });
        error.Message.ShouldContain("not resolved in float64");
        error.Message.ShouldContain("data.transforms: [center]");
        seen.Count.ShouldBe(1);
    }

    private static UnconstrainedFlow Flow(double[] x, double[] y) => new(new EmpiricalRisk(
        Network.Dense(3, 1), Loss.Exponential, new Dataset("offset", x, y, 2).ConstantInput(), Reduction.Sum));

    // Runge–Kutta of order 4 in log(1 + t).
    private static double[] Slaved(double[] delta, double[] y, double[] times)
    {
        (double LogLoss, double Velocity) At(double c)
        {
            double[] sums = [0, 0], slopes = [0, 0];
            for (var n = 0; n < y.Length; n++)
            {
                var e = Math.Exp(-y[n] * c * delta[n]);
                var k = y[n] > 0 ? 1 : 0;
                sums[k] += e;
                slopes[k] += y[n] * delta[n] * e;
            }
            var loss = 2 * Math.Sqrt(sums[0] * sums[1]);
            return (Math.Log(loss), loss / 2 * (slopes[0] / sums[0] + slopes[1] / sums[1]));
        }
        var (c, u) = (0.0, 0.0);
        var result = new double[times.Length];
        for (var i = 0; i < times.Length; i++)
        {
            const int steps = 4000;
            var h = (Math.Log(1 + times[i]) - u) / steps;
            for (var step = 0; step < steps; step++, u += h)
            {
                double Rate(double at, double clock) => Math.Exp(clock) * At(at).Velocity;
                double k1 = Rate(c, u), k2 = Rate(c + h / 2 * k1, u + h / 2), k3 = Rate(c + h / 2 * k2, u + h / 2);
                var k4 = Rate(c + h * k3, u + h);
                c += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
            }
            result[i] = At(c).LogLoss;
        }
        return result;
    }
}
