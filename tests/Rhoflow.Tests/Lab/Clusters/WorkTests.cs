using Rhoflow.Lab.Clusters;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Clusters;

/// <summary>What processes tell each other arrives as it was meant, and what is asked of a cluster is checked.</summary>
public sealed class WorkTests
{
    [Fact]
    public void An_order_gives_the_same_experiments_in_another_process()
    {
        var frobenius = Random.Shared.NextDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        var experiment = Configs.Read(Configs.TwoParameters, "name=ρ-run", $"seed={Random.Shared.Next()}", $"init.frobenius={frobenius}");
        var order = WorkOrder.For([[experiment], [experiment, experiment]], "runs", DataFolders.Of("data"), ["run", "a \"b\"\nc"]);
        var read = WorkOrder.Parse(order.ToLine(), "here");
        order.ToLine().ShouldNotContain("\n");
        (read.Root, read.Wait, read.Threads).ShouldBe((Path.GetFullPath("runs"), false, 0));
        read.CommandLine.ShouldBe(order.CommandLine);
        read.Data.ShouldBe([Path.GetFullPath("data")]);
        read.Groups.Select(static g => g.Count).ShouldBe([1, 2]);
        RunIdentity.Canonical(WorkOrder.Read(read.Groups[1])[1]).ShouldBe(RunIdentity.Canonical(experiment));
        foreach (var bad in new[] { "", "{}", "[1]", order.ToLine()[..^9] })
            Should.Throw<ConfigException>(() => WorkOrder.Parse(bad, "task.json")).Message.ShouldStartWith("task.json: ");
    }

    [Fact]
    public void An_outcome_comes_back_with_its_reason()
    {
        using var folder = new TemporaryFolder();
        var run = RunFolder.Create(folder.Path, "name", "0123abcd", "name: x\n", [], DateTime.Now);
        var outcome = new RunOutcome(run, RunStatus.Failed, "why", Reused: true)
        {
            Recovery = ["one", "two"],
            Cause = new Rhoflow.Data.DataException("bad file"),
            AtWork = RunOwner.Here(),
        };
        var read = WorkReport.Read(WorkReport.Ended([outcome]), null, null).ShouldNotBeNull().ShouldHaveSingleItem();
        (read.Folder.Path, read.Status, read.Error, read.Reused).ShouldBe((run.Path, RunStatus.Failed, "why", true));
        read.Recovery.ShouldBe(outcome.Recovery);
        read.Cause.ShouldBeOfType<Rhoflow.Data.DataException>().Message.ShouldBe("bad file");
        read.AtWork!.Token.ShouldBe(outcome.AtWork!.Token);
        var said = new List<string>();
        WorkReport.Read(WorkReport.Said("note"), said.Add, null).ShouldBeNull();
        WorkReport.Read(WorkReport.At("epoch 3"), null, said.Add).ShouldBeNull();
        said.ShouldBe(["note", "epoch 3"]);
        Should.Throw<ConfigException>(() => WorkReport.Read(WorkReport.Refused(new ConfigException("no")), null, null))
            .Message.ShouldBe("no");
    }

    [Fact]
    public void Options_of_the_command_line_overrule_the_config_and_change_no_identity()
    {
        var plain = Configs.Read(Configs.TwoParameters);
        var asked = Configs.Read(Configs.TwoParameters, "slurm={partition: a, time: 30, cpus: 2, exclusive: true}");
        asked.Slurm.Lines.ShouldBe("--cpus-per-task=2\n--exclusive\n--partition=a\n--time=30");
        asked.Slurm.With("partition=b").With("exclusive=false").With("comment=two words").With("groups-per-task=4").Lines
            .ShouldBe("--comment=\"two words\"\n--cpus-per-task=2\n--partition=b\n--time=30");
        RunIdentity.Id(asked).ShouldBe(RunIdentity.Id(plain));
    }

    [Theory]
    [InlineData("slurm={array: 3}", "slurm.array: 'array' is set by rhoflow itself")]
    [InlineData("slurm={--time: 3}", "is no long option of sbatch")]
    [InlineData("slurm=fast", "a map of options was expected")]
    [InlineData("slurm={groups-per-task: 0}", "a whole number ≥ 1 was expected; '0' was given")]
    [InlineData("slurm={comment: \"a\\nb\"}", "may not hold quotes")]
    public void What_is_no_option_is_refused(string assignment, string why) =>
        Should.Throw<ConfigException>(() => Configs.Read(Configs.TwoParameters, assignment)).Message.ShouldContain(why);

    [Fact]
    public void Arrays_are_as_large_as_the_cluster_takes_and_tasks_ask_for_the_same()
    {
        IReadOnlyList<Experiment>[] groups =
        [
            .. Enumerable.Range(0, 11).Select(static i => (IReadOnlyList<Experiment>)
                [Configs.Read(Configs.TwoParameters, $"seed={i}", i < 7 ? "slurm={time: 5, groups-per-task: 2}" : "slurm={time: 9}")]),
        ];
        var arrays = SlurmArray.Of(groups, largest: 3);
        arrays.Select(static a => a.Tasks.Count).ShouldBe([3, 1, 3, 1]);
        arrays.SelectMany(static a => a.Tasks).Select(static t => t.Count).ShouldBe([2, 2, 2, 1, 1, 1, 1, 1]);
        arrays.SelectMany(static a => Enumerable.Range(0, a.Tasks.Count).SelectMany(a.Runs))
            .ShouldBe(groups.Select(static g => RunIdentity.Id(g[0])));
        var script = arrays[0].Script("/a b/it's/100%", new WorkerProgram("/x/rhoflow-cli.dll"), atATime: 2);
        script.ShouldStartWith("#!/bin/bash\n#SBATCH --job-name=rhoflow-two-parameter-flow\n#SBATCH --array=0-2%2\n"
            + "#SBATCH --output=\"/a b/it's/100%%/logs/%a.log\"\n");
        script.ShouldEndWith("'/x/rhoflow-cli.dll' 'work' '/a b/it'\\''s/100%/tasks'/\"$SLURM_ARRAY_TASK_ID\".json\n");
    }

    [Theory]
    [InlineData("PENDING", "Resources", true, true, false)]
    [InlineData("COMPLETING", "None", true, false, false)]
    [InlineData("OUT_OF_MEMORY", "None", false, false, true)]
    [InlineData("CANCELLED", "None", false, false, false)]
    public void States_are_told_apart(string word, string reason, bool alive, bool waiting, bool crash)
    {
        var state = TaskState.Of(word, reason);
        (state.IsAlive, state.IsWaiting, state.IsCrash).ShouldBe((alive, waiting, crash));
    }
}
