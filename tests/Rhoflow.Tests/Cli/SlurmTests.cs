using System.Diagnostics;
using Rhoflow.Cli;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>
/// Sweeps on a cluster: a stand-in that does at once what sbatch is told, with every way in which tasks end; and a real Slurm where there
/// is one (.ci/run starts it where it can).
/// </summary>
public sealed class SlurmTests : IDisposable
{
    private const string Descent = """
        name: cluster
        data: {set: digits, train: 200, transforms: [scale-pixels, center]}
        network: {layers: [ {dense: 16}, relu, {dense: 10} ]}
        loss: cross-entropy
        descent: {kind: sgd, learning-rate: 0.05, batch: 50, epochs: EPOCHS}
        observe: {at: {every: EPOCHS}, measures: [loss, norms], weights: true}
        slurm: {time: 7}
        """;

    // Runs every task before it answers, but those that a file names: "lost-1 CANCELLED". squeue then says what it remembers.
    private const string Sbatch = """
        #!/bin/bash
        here=$(dirname "$0")
        if [ -f "$here/refuse" ]; then cat "$here/refuse" >&2; exit 1; fi
        script=${@: -1}
        cp "$script" "$here/last-script"
        id=$(( $(cat "$here/id" 2>/dev/null || echo 40) + 1 )); echo $id > "$here/id"
        name=$(sed -n 's/^#SBATCH --job-name=//p' "$script")
        last=$(sed -n 's/^#SBATCH --array=0-\([0-9]*\).*/\1/p' "$script")
        for i in $(seq 0 "$last"); do
          if [ -f "$here/lost-$i" ]; then state=$(cat "$here/lost-$i"); rm "$here/lost-$i"
          elif SLURM_ARRAY_TASK_ID=$i SLURM_CPUS_PER_TASK=1 bash "$script"; then state=COMPLETED; else state=FAILED; fi
          echo "$id|$i|$state|None|$name" >> "$here/queue"
        done
        echo $id
        """;

    private const string Squeue = """
        #!/bin/bash
        cat "$(dirname "$0")/queue"
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public SlurmTests()
    {
        _config = _folder / "cluster.yaml";
        File.WriteAllText(_config, Descent.Replace("EPOCHS", "20", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tasks_that_were_lost_go_on_with_the_same_command_and_give_the_same_bits()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the stand-in for Slurm is a script");
        string[] sweep = ["-m", "seed=0..2"];
        StandIn();
        File.WriteAllText(_folder / "bin/lost-0", "TIMEOUT");
        File.WriteAllText(_folder / "bin/lost-2", "OUT_OF_MEMORY");
        using (var first = OnSlurm([.. sweep, "--slurm", "partition=long", "--slurm", "cpus=1", "-j", "2"]))
        {
            first.Wait().ShouldBe(ExitStatus.Failed, first.Error);
            first.Output.ShouldContain("its task 41_0 ran out of time before it began; the same command submits it again");
            first.Output.ShouldContain("its task 41_2 needs more memory than it was given before it began");
        }
        var script = File.ReadAllText(_folder / "bin/last-script");
        foreach (var line in new[] { "--array=0-2%2", "--cpus-per-task=1", "--partition=long", "--time=7", "--requeue" })
            script.ShouldContain($"#SBATCH {line}\n");
        using (var second = OnSlurm(sweep))
        {
            second.Wait().ShouldBe(ExitStatus.Done, second.Error);
            second.Error.ShouldContain("2 runs in 2 tasks are submitted as job 42");
        }
        using (var third = OnSlurm(sweep))
        {
            third.Wait().ShouldBe(ExitStatus.Done, third.Error);
            third.Error.ShouldContain("3 of 3 runs were finished already");
        }
        CommandLine.Run(["run", _config, "--out", _folder / "alone", .. sweep], TextWriter.Null, TextWriter.Null).ShouldBe(ExitStatus.Done);
        RunContent.ShouldBeTheSame(_folder / "out", _folder / "alone", runs: 3);
    }

    [Theory]
    [InlineData("sbatch: error: invalid partition specified: lng\nsbatch: error: Batch job submission failed: Invalid partition name",
        "sbatch refused: invalid partition specified: lng", ExitStatus.WrongUse)]
    [InlineData("sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit)",
        "sbatch refused: Batch job submission failed: Job violates accounting/QOS policy", ExitStatus.Failed)]
    public void What_sbatch_refuses_is_a_sentence_and_nothing_is_left(string said, string sentence, int status)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the stand-in for Slurm is a script");
        StandIn();
        File.WriteAllText(_folder / "bin/refuse", said);
        using var process = OnSlurm([]);
        process.Wait().ShouldBe(status);
        process.Error.ShouldStartWith($"rhoflow: {sentence}");
        process.Error.TrimEnd().ShouldNotContain("\n");
        RunFolder.Under(_folder / "out").ShouldBeEmpty();
        Directory.EnumerateDirectories(_folder / "out/.slurm").ShouldBeEmpty();
    }

    [Fact]
    public void Without_Slurm_a_sentence_says_so()
    {
        Assert.SkipWhen(Answers() is null, "there is a Slurm on this machine");
        using var error = new StringWriter();
        CommandLine.Run(["run", _config, "--out", _folder / "out", "--on", "slurm"], TextWriter.Null, error).ShouldNotBe(ExitStatus.Done);
        error.ToString().ShouldContain("Slurm");
        Directory.Exists(_folder / "out").ShouldBeFalse();
    }

    [Fact]
    public void A_dry_run_prints_script_and_tasks_and_needs_no_Slurm()
    {
        using var output = new StringWriter();
        // Replicas over the same minibatches are one task.
        string[] words = ["--on", "slurm", "--dry-run", "-m", "seed=0,1", "descent.seed=3,4", "data.seed=0"];
        CommandLine.Run(["run", _config, "--out", _folder / "out", .. words],
            output, TextWriter.Null).ShouldBe(ExitStatus.Done);
        output.ToString().ShouldContain("#SBATCH --array=0-1\n");
        output.ToString().ShouldContain("#SBATCH --time=7\n");
        output.ToString().Split("# task ").Skip(1).ShouldAllBe(static t => t.Split('\n', 2)[0].Split(' ').Length == 3);
        Directory.Exists(_folder / "out").ShouldBeFalse();
    }

    [Fact]
    public void On_a_real_cluster_a_cancelled_sweep_goes_on_and_gives_the_bits_of_this_machine()
    {
        Assert.SkipUnless(Answers() is null, $"no Slurm answers here: {Answers()}");
        File.WriteAllText(_config, Descent.Replace("EPOCHS", "4000", StringComparison.Ordinal));
        string[] words = ["run", _config, "--out", _folder / "out", "--on", "slurm", "-m", "seed=0..2"];
        using (var first = RealProcess.Start(words))
        {
            RealProcess.Until(() => first.HasExited || RunFolder.Under(_folder / "out").Any(static r => r.AtWork is not null),
                "a task is at work");
            var job = first.Error.Split("as job ")[1].Split('.')[0];
            using (var scancel = Process.Start("scancel", [job])) scancel.WaitForExit();
            first.Wait().ShouldBe(ExitStatus.Failed, first.Error);
            (first.Error + first.Output).ShouldContain("was cancelled");
        }
        using (var second = RealProcess.Start(words)) second.Wait().ShouldBe(ExitStatus.Done, second.Error);
        CommandLine.Run(["run", _config, "--out", _folder / "alone", "-m", "seed=0..2"], TextWriter.Null, TextWriter.Null)
            .ShouldBe(ExitStatus.Done);
        RunContent.ShouldBeTheSame(_folder / "out", _folder / "alone", runs: 3);
    }

    private RealProcess OnSlurm(string[] more) => RealProcess.Under("env",
        [$"PATH={_folder / "bin"}:{Environment.GetEnvironmentVariable("PATH")}"],
        ["run", _config, "--out", _folder / "out", "--on", "slurm", .. more]);

    private void StandIn()
    {
        var bin = Directory.CreateDirectory(_folder / "bin").FullName;
        foreach (var (name, text) in new[] { ("sbatch", Sbatch), ("squeue", Squeue), ("sinfo", "#!/bin/bash\necho short; echo long"),
            ("sacct", "#!/bin/bash\nexit 1"), ("scontrol", "#!/bin/bash\necho MaxArraySize = 1001") })
        {
            File.WriteAllText(Path.Combine(bin, name), text + "\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(Path.Combine(bin, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        File.WriteAllText(Path.Combine(bin, "queue"), "");
    }

    // Null: it does.
    private static string? Answers()
    {
        try
        {
            using var sinfo = Process.Start(new ProcessStartInfo("sinfo", "-h")
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            if (!sinfo.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                sinfo.Kill();
                return "sinfo has not answered for 10 seconds";
            }
            return sinfo.ExitCode == 0 ? null : sinfo.StandardError.ReadToEnd().Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "sinfo is not among the commands";
        }
    }
}
