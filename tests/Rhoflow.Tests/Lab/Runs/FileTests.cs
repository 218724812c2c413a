using System.Text;
using Rhoflow.Data;
using Rhoflow.Flows;
using Rhoflow.Lab.Files;
using Rhoflow.Lab.FlowRuns;
using Rhoflow.Lab.Runs;
using Rhoflow.Numerics;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Runs;

public class FileTests
{
    private static readonly double[] Awkward =
        [0, -0.0, 1 / 3.0, 5e-324, double.MaxValue, -1e-300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e22];

    [Fact]
    public void Metrics_read_back_to_the_same_bits_and_a_torn_line_is_dropped()
    {
        using var folder = new TemporaryFolder();
        var file = folder / "metrics.csv";
        var columns = Awkward.Select((_, i) => $"c{i}").ToArray();
        using (var m = MetricsFile.Append(file, columns, 0)) { m.Add(Awkward); m.Add(Awkward); }
        File.AppendAllText(file, "1,2,3");
        var (names, rows) = MetricsFile.Read(file);
        names.ShouldBe(columns);
        rows.Count.ShouldBe(2);
        rows[1].Select(BitConverter.DoubleToInt64Bits).ShouldBe(Awkward.Select(BitConverter.DoubleToInt64Bits));
        using (var m = MetricsFile.Append(file, columns, 1)) m.Add([.. Enumerable.Repeat(7.0, 10)]);
        MetricsFile.Read(file).Rows.Select(r => r[2]).ShouldBe([1 / 3.0, 7.0]);
        Should.Throw<InvalidDataException>(() => MetricsFile.Append(file, columns, 3)).Message.ShouldContain("2 rows; 3 were expected");
        Should.Throw<InvalidDataException>(() => MetricsFile.Append(file, ["a"], 1)).Message.ShouldContain("other columns");
    }

    [Fact]
    public void Arrays_are_valid_after_every_row()
    {
        using var folder = new TemporaryFolder();
        var file = folder / "a.npy";
        using (var a = Npy.Append(file, 10, 0))
        {
            Npy.Read(file).ShouldBeEmpty();
            a.Add(Awkward);
            Npy.Read(file).Length.ShouldBe(1);
            a.Add(Awkward);
        }
        var bytes = File.ReadAllBytes(file);
        bytes[..8].ShouldBe([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]);
        var headerLength = BitConverter.ToUInt16(bytes, 8);
        ((10 + headerLength) % 64).ShouldBe(0);
        Encoding.ASCII.GetString(bytes, 10, headerLength).ShouldStartWith("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 10), }");
        bytes[9 + headerLength].ShouldBe((byte)'\n');
        bytes.Length.ShouldBe(10 + headerLength + 160);
        Npy.Read(file)[1].Select(BitConverter.DoubleToInt64Bits).ShouldBe(Awkward.Select(BitConverter.DoubleToInt64Bits));
        // Torn in the second row: one row is left to read, and to go on behind.
        File.WriteAllBytes(file, bytes[..^3]);
        Npy.Read(file).Length.ShouldBe(1);
        Should.Throw<InvalidDataException>(() => Npy.Append(file, 10, 2));
        using (var a = Npy.Append(file, 10, 1)) a.Add(Awkward);
        File.ReadAllBytes(file).ShouldBe(bytes);
    }

    [Fact]
    public void Checkpoints_keep_every_bit()
    {
        using var folder = new TemporaryFolder();
        double[] velocity = [.. Awkward.Reverse()];
        var explicitState = new ExplicitStepperState(1 / 3.0, Awkward, -0.0, 1L << 41, 0.1, 3, 2, true) { Velocity = velocity };
        var c = new TrajectoryCheckpoint(explicitState, Method.Dop853, 7, double.NaN, 1L << 40, true, new[] { 1.1 })
        {
            Kinks = 1L << 42,
            Chatter = 5,
            LastKink = 1 / 7.0,
            EarlierEvaluations = 12,
            RestedAt = Instant.FromLog10T(400.5),
            Events = [new FlowEvent(FlowEventKind.Kink, "kink", Instant.FromT(0.1), "the kink of a ReLU"),
                new FlowEvent(FlowEventKind.Condition, "mine", Instant.FromLog10T(1000), "ρ \"=\" 1")],
        };
        FlowCheckpoint.Write(folder.Path, "0123abcd", new FlowState(c, new Dictionary<string, double[]> { ["history.path"] = Awkward }));
        var (d, measured) = FlowCheckpoint.Read(folder / FlowCheckpoint.Name, "0123abcd");
        measured["history.path"].Select(BitConverter.DoubleToInt64Bits).ShouldBe(Awkward.Select(BitConverter.DoubleToInt64Bits));
        d.Stepper.Y.ToArray().Select(BitConverter.DoubleToInt64Bits).ShouldBe(c.Stepper.Y.ToArray().Select(BitConverter.DoubleToInt64Bits));
        BitConverter.DoubleToInt64Bits(d.Stepper.Step).ShouldBe(BitConverter.DoubleToInt64Bits(-0.0));
        (d.Stepper.S, d.Method, d.Observed, d.Steps, d.Separated).ShouldBe((c.Stepper.S, c.Method, c.Observed, c.Steps, c.Separated));
        d.Stepper.ShouldBe(explicitState with { Y = d.Stepper.Y, Velocity = d.Stepper.Velocity });
        d.Stepper.Velocity.ToArray().Select(BitConverter.DoubleToInt64Bits).ShouldBe(velocity.Select(BitConverter.DoubleToInt64Bits));
        (d.Kinks, d.Chatter, d.LastKink, d.EarlierEvaluations, d.RestedAt)
            .ShouldBe((c.Kinks, c.Chatter, c.LastKink, c.EarlierEvaluations, c.RestedAt));
        d.Events.ShouldBe(c.Events);
        d.Mode.ToArray().ShouldBe(c.Mode.ToArray());
        double.IsNaN(d.Tau).ShouldBeTrue();
        Should.Throw<DataException>(() => FlowCheckpoint.Read(folder / "elsewhere", "0123abcd")).Message.ShouldContain("elsewhere");
        Should.Throw<DataException>(() => FlowCheckpoint.Read(folder / FlowCheckpoint.Name, "0123abce")).Message
            .ShouldContain("belongs to the run 0123abcd and not to 0123abce");
    }

    [Fact]
    public void Checkpoints_keep_what_an_implicit_integrator_remembers()
    {
        using var folder = new TemporaryFolder();
        var random = new Random();
        double[] Draw(int n) => [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - .5)];
        var radau = new RadauStepperState(Draw(1)[0], Draw(3), .1, 99, double.NaN, .2, .3, -.4, true, false, true, .5, Draw(3),
            [Draw(3), Draw(3), Draw(3)], Draw(9))
        { Velocity = Draw(3) };
        FlowCheckpoint.Write(folder.Path, "0123abcd", new FlowState(new TrajectoryCheckpoint(radau, Method.Radau, 1, 0, 2, false, default),
            new Dictionary<string, double[]>()));
        var path = folder / FlowCheckpoint.Name;
        var read = FlowCheckpoint.Read(path, "0123abcd").Trajectory.Stepper.ShouldBeOfType<RadauStepperState>();
        read.Y.ToArray().ShouldBe(radau.Y.ToArray());
        read.Start.ToArray().ShouldBe(radau.Start.ToArray());
        for (var i = 0; i < 3; i++) read.Stages[i].ToArray().ShouldBe(radau.Stages[i].ToArray());
        read.Jacobian.ToArray().ShouldBe(radau.Jacobian.ToArray());
        read.Velocity.ToArray().ShouldBe(radau.Velocity.ToArray());
        read.ShouldBe(radau with
        {
            Y = read.Y,
            Velocity = read.Velocity,
            Start = read.Start,
            Stages = read.Stages,
            Jacobian = read.Jacobian,
        });
        // A checkpoint that says explicit and holds an implicit integrator is no checkpoint, with a checksum of its content or without.
        var text = File.ReadAllText(path).Replace("\"Radau\"", "\"Dop853\"", StringComparison.Ordinal);
        File.WriteAllText(path, text);
        Should.Throw<DataException>(() => FlowCheckpoint.Read(path, "0123abcd")).Message.ShouldContain("checksum");
        var rest = text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..];
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(rest)));
        File.WriteAllText(path, $"{{\"sha256\":\"{digest}\",{rest}");
        Should.Throw<DataException>(() => FlowCheckpoint.Read(path, "0123abcd")).Message.ShouldContain("are not what Dop853 remembers");
    }

    [Fact]
    public void An_atomic_write_that_fails_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.Write(folder / "a", "old");
        AtomicFile.Write(folder / "a", "new");
        File.ReadAllText(folder / "a").ShouldBe("new");
        Directory.CreateDirectory(folder / "d");
        Should.Throw<Exception>(() => AtomicFile.Write(folder / "d", "x"));
        Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).ShouldBe(["a"]);
    }
}
