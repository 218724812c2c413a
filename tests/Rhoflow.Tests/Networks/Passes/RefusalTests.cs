using Rhoflow.Kernels;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Networks.Passes;

/// <summary>What minibatches and propagations refuse, what they keep, and passes over many examples.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly Team _team = new();
    private readonly Network _net = new NetworkBuilder(3).Dense(4).BatchNorm().Then(Activation.ReLU).Dense(2).Build();

    public void Dispose() => _team.Dispose();

    private static string Message(Action call) => Should.Throw<ArgumentException>(call).Message;

    private Minibatch<double> Batch(int count, int inputs = 3, int capacity = 8)
    {
        var batch = new Minibatch<double>(TensorShape.Vector(inputs), capacity, shared: false, _team);
        batch.GatherRange(Problems.Normal(new Random(1), count * inputs), [], 0, count);
        return batch;
    }

    [Fact]
    public void Minibatches_take_the_rows_they_are_told_to()
    {
        var batch = new Minibatch<float>(TensorShape.Vector(2), 40, shared: true, _team);
        float[] x = [.. Enumerable.Range(0, 100).Select(i => (float)i)];
        double[] y = [.. Enumerable.Range(0, 50).Select(i => -(double)i)];
        int[] indices = [.. Enumerable.Range(0, 39).Select(i => (7 * i + 3) % 50)];
        batch.Gather(x, y, indices);
        batch.X.ToArray().ShouldBe(indices.SelectMany(i => (float[])[2 * i, 2 * i + 1]));
        batch.Y.ToArray().ShouldBe(indices.Select(i => -(double)i));
        batch.GatherRange(x, y, 48, 2);
        (batch.Count, batch.X.ToArray(), batch.Y.ToArray()).ShouldSatisfyAllConditions(
            b => b.Item1.ShouldBe(2), b => b.Item2.ShouldBe([96, 97, 98, 99]), b => b.Item3.ShouldBe([-48, -49]));
        Message(() => batch.Gather(x, y, [0, 50])).ShouldContain("example 50 is asked for, but the data have 50 (counted from 0)");
        Message(() => batch.Gather(x, y, [-1])).ShouldContain("example -1");
        Message(() => batch.Gather(x, y, new int[41])).ShouldContain("room for 40 examples takes 1 to 40; 41 were given");
        Message(() => batch.Gather(x, y, [])).ShouldContain("0 were given");
        Message(() => batch.Gather(x, [1.0], [0])).ShouldContain("1 targets were given for 50 examples");
        Message(() => batch.Gather(x.AsSpan(1).ToArray(), [], [0])).ShouldContain("99 input numbers are not whole examples of 2");
        Message(() => batch.GatherRange(x, y, 49, 2)).ShouldContain("examples 49 to 50 are asked for");
    }

    [Fact]
    public void What_does_not_fit_the_network_is_refused()
    {
        var p = new GraphPasses<double>(_net, 4, _team);
        double[] theta = new double[_net.ParameterCount], statistics = _net.StartStatistics();
        Should.Throw<InvalidOperationException>(() => p.JacobianVectorProduct(theta, theta)).Message.ShouldContain("after Forward");
        Message(() => p.Forward(new double[3], Batch(2))).ShouldContain("the network has 20 parameters; 3 were given as theta");
        Message(() => p.Forward(theta, Batch(2, inputs: 5))).ShouldContain("the network takes 3; the examples of the minibatch are 5");
        Message(() => p.Forward(theta, Batch(5))).ShouldContain("room for 1 to 4 examples; the minibatch holds 5");
        Message(() => p.Forward(theta, Batch(2), NormalizeBy.Running))
            .ShouldContain("8 running statistics of batch normalization; 0 were given");
        Message(() => p.Forward(theta, Batch(2), NormalizeBy.Batch, statistics.AsSpan(1))).ShouldContain("7 were given");
        Should.Throw<InvalidOperationException>(() => p.Forward(theta, Batch(1))).Message
            .ShouldBe("the batch normalization of node 2 (4) cannot normalize 1 example with 1 position by the minibatch's own variance; "
            + "it needs at least 2, or running statistics");
        p.Forward(theta, Batch(1), NormalizeBy.Running, statistics);
        p.Forward(theta, Batch(2));
        Should.Throw<InvalidOperationException>(() => p.HessianVectorProduct(theta, theta, new double[4], new double[4],
            theta)).Message.ShouldContain("comes after JacobianVectorProduct");
        Message(() => p.VectorJacobianProduct(theta, new double[3], theta))
            .ShouldContain("2 examples with 2 outputs need 4 numbers as weights; 3 were given");
        Message(() => p.Output(1))
            .ShouldContain("the output of node 2 (batch-norm → 4) is not kept: node 3 (relu → 4) runs in place over it");
        Message(() => p.Output(4)).ShouldContain("this network has nodes 0 to 3");
        Should.Throw<NotSupportedException>(() => new GraphPasses<Half>(_net, 4, _team)).Message.ShouldContain("not with Half");
    }

    [Fact]
    public void Nodes_keep_what_they_gave()
    {
        foreach (var name in NetworkTable.Names)
        {
            var trial = new Trial(NetworkTable.Get(name), 1);
            var batch = new Minibatch<double>(trial.Network.Input, trial.Examples, shared: false, _team);
            batch.GatherRange(trial.X, [], 0, trial.Examples);
            var p = new GraphPasses<double>(trial.Network, trial.Examples, _team);
            p.Forward(trial.Theta, batch, NormalizeBy.Running, trial.Running);
            var expected = new ReferenceNodes(trial.Network).Run(trial.Theta, trial.X, trial.Examples, trial.Running);
            var kept = 0;
            for (var i = 0; i < expected.Length; i++)
            {
                double[] found;
                try
                {
                    found = p.Output(i).ToArray();
                }
                catch (ArgumentException e) when (e.Message.Contains("in place"))
                {
                    continue;
                }
                found.ShouldBe(expected[i], 1e-11);
                kept++;
            }
            kept.ShouldBeGreaterThanOrEqualTo(expected.Length - trial.Network.Nodes.Count(static n => n.Slot == SlotUse.InPlace));
        }
    }

    [Fact]
    public void Running_statistics_follow_the_minibatches()
    {
        var net = new NetworkBuilder(new TensorShape(1, 2, 2)).BatchNorm(momentum: 0.25).Dense(1).Build();
        var p = new GraphPasses<float>(net, 4, _team);
        var batch = new Minibatch<float>(net.Input, 2, shared: false, _team);
        float[] x = [1, 10, 2, 20, 3, 30, 6, 40];                                  // channel 0: 1 2 3 6, channel 1: 10 20 30 40
        batch.GatherRange(x, [], 0, 2);
        var statistics = net.StartStatistics();
        p.Forward(new float[net.ParameterCount], batch, NormalizeBy.Batch, statistics);
        statistics.ShouldBe([0.75, 6.25, 0.75 + 0.25 * 14 / 3, 0.75 + 0.25 * 500 / 3], 1e-12);
        float[] expected = [.. new[] { -2.0, -1, 0, 3 }.Select(v => (float)(v / Math.Sqrt(3.5 + 1e-5)))];
        var normalized = p.Output(0).ToArray();
        for (var i = 0; i < 4; i++) normalized[2 * i].ShouldBe(expected[i], 1e-6);
        var before = statistics.ToArray();
        p.Forward(new float[net.ParameterCount], batch);
        p.Forward(new float[net.ParameterCount], batch, NormalizeBy.Running, statistics);
        statistics.ShouldBe(before);
    }

    // A mean that is huge beside the spread leaves the variance intact, and a constant channel gives 0 without ε.
    [Fact]
    public void Variances_are_centred()
    {
        var net = new NetworkBuilder(2).BatchNorm(epsilon: 0).Dense(1).Build();
        var p = new GraphPasses<double>(net, 4, _team);
        var batch = new Minibatch<double>(net.Input, 4, shared: false, _team);
        batch.GatherRange([1e9 - 1, 5, 1e9 + 1, 5, 1e9 - 1, 5, 1e9 + 1, 5], [], 0, 4);
        p.Forward([1.0, 1], batch);
        p.Output(0).ToArray().ShouldBe([-1.0, 0, 1, 0, -1, 0, 1, 0]);
    }

    [Fact]
    public void Many_examples_go_in_blocks()
    {
        var trial = new Trial(NetworkTable.Get("batch norm before relu"), 2, examples: 23);
        var expected = new ReferenceNodes(trial.Network).Run(trial.Theta, trial.X, 23, trial.Running)[^1];
        foreach (var capacity in (int[])[1, 5, 23, 100])
        {
            var p = new GraphPasses<double>(trial.Network, capacity, _team);
            var outputs = new double[expected.Length];
            p.Evaluate(trial.Theta, trial.X, trial.Running, outputs);
            outputs.ShouldBe(expected, 1e-12);
        }
        var small = new GraphPasses<double>(trial.Network, 2, _team);
        Message(() => small.Evaluate(trial.Theta, trial.X, trial.Running, new double[3]))
            .ShouldContain("give 69 numbers; there is room for 3");
        Message(() => small.Evaluate(trial.Theta, trial.X, [], new double[69])).ShouldContain("running statistics");
        Message(() => small.Evaluate(trial.Theta, new double[5], trial.Running, new double[3]))
            .ShouldContain("5 input numbers are not whole examples");
    }
}
