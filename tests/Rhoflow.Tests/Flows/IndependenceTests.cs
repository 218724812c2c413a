using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Flows;

/// <summary>
/// A flow is an equation: trajectories of one flow, followed in turns or on several threads, give the bits of each alone.
/// </summary>
public class IndependenceTests
{
    public static TheoryData<string> Names => ["relu", "faces", "rows", "batch-norm", "norm-growth", "schedule"];

    // A flow with a discrete mode or scratch vectors, and two starts that take it through different ones.
    private static (Flow Flow, double[][] Starts, Instant[] Instants) Case(string name, int seed)
    {
        var random = new Random(seed);
        var net = name == "faces" ? Network.Dense(3, 1) : Network.Dense(2, 4, 1);
        var data = new Dataset("random", Problems.Normal(random, 4 * net.Inputs), [1, 1, -1, 1], net.Inputs);
        var risk = new EmpiricalRisk(net, name == "relu" ? Loss.Square : Loss.Exponential, data, Reduction.Sum);
        double[][] starts = [Problems.Normal(random, net.ParameterCount), Problems.Normal(random, net.ParameterCount)];
        var instants = Clock.LogSpaced(Instant.FromT(3), Instant.FromT(30), 7);
        return name switch
        {
            "relu" => (new UnconstrainedFlow(risk), starts, Clock.LogSpaced(Instant.Zero, Instant.FromT(.2), 12)),
            "faces" => (new TangentFlow(risk, 1), starts, instants),
            "rows" => (new RowWeightNormalizationFlow(risk, .01), starts, instants),
            "batch-norm" => (new BatchNormWeightDecayFlow(risk, .1), starts, instants),
            "norm-growth" => (new NormGrowthFlow(2, [1, .5, 2]), [[.3, .7], [1.1, .2]], Clock.DecadesOfT(1, 30)),
            _ => (new ScheduledRhoFlow(risk, Schedule.LogT), starts, instants),
        };
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Interleaved_trajectories_of_one_flow_give_the_bits_of_each_alone(string name)
    {
        foreach (var seed in new[] { 2, Random.Shared.Next(3, 1_000_000) })
        {
            var (flow, starts, instants) = Case(name, seed);
            var alone = starts.Select(s => Follow(flow, s, instants)).ToArray();
            var together = starts.Select(_ => new List<double[]>()).ToArray();
            var runs = starts.Select(s => Steps(flow, s, instants).GetEnumerator()).ToArray();
            for (var goes = true; goes;)
            {
                goes = false;
                for (var i = 0; i < runs.Length; i++)
                {
                    if (!runs[i].MoveNext()) continue;
                    together[i].Add(runs[i].Current);
                    goes = true;
                }
            }
            for (var i = 0; i < starts.Length; i++) ShouldHaveTheBits(together[i], alone[i], $"{name}, seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Two_threads_may_follow_one_flow(string name)
    {
        var (flow, starts, instants) = Case(name, 2);
        var alone = starts.Select(s => Follow(flow, s, instants)).ToArray();
        using var together = new Barrier(2 * starts.Length);
        var runs = Enumerable.Range(0, 2 * starts.Length).Select(i => Task.Factory.StartNew(() =>
        {
            together.SignalAndWait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            return Follow(flow, starts[i / 2], instants);
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        for (var i = 0; i < runs.Length; i++) ShouldHaveTheBits(await runs[i], alone[i / 2], name);
    }

    // The observations' numbers; a flow that cannot go on ends there.
    private static IEnumerable<double[]> Steps(Flow flow, double[] start, Instant[] instants)
    {
        using var points = flow.From(start, new() { TrackTau = true, MaxSteps = 20_000 }).At(instants).GetEnumerator();
        while (true)
        {
            try
            {
                if (!points.MoveNext()) yield break;
            }
            catch (IntegrationException)
            {
                yield break;
            }
            yield return [.. points.Current.State, points.Current.LogLoss, points.Current.Tau, .. points.Current.Outputs];
        }
    }

    private static List<double[]> Follow(Flow flow, double[] start, Instant[] instants) => [.. Steps(flow, start, instants)];

    private static void ShouldHaveTheBits(List<double[]> actual, List<double[]> expected, string what)
    {
        actual.Count.ShouldBe(expected.Count, what);
        expected.Count.ShouldBePositive(what);
        for (var i = 0; i < actual.Count; i++)
            actual[i].Select(BitConverter.DoubleToInt64Bits).ShouldBe(expected[i].Select(BitConverter.DoubleToInt64Bits), what);
    }
}
