using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>The real entry: what is printed where, and what the shell is told.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public CommandLineTests()
    {
        _config = _folder / "two.yaml";
        File.WriteAllText(_config, Configs.TwoParameters);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_prints_one_document_with_the_contract_s_keys_and_nothing_else()
    {
        var (status, output, error) = Run("run", _config, "--json", "--out", _folder / "runs");
        (status, error).ShouldBe((0, ""));
        var document = JsonNode.Parse(output)!.AsObject();
        document.Select(p => p.Key).ShouldBe(["name", "id", "status", "folder", "summary", "observations", "reused"]);
        ((string?)document["status"]).ShouldBe("finished");
        Directory.Exists((string)document["folder"]!).ShouldBeTrue();
        var first = document["observations"]![0]!.AsObject();
        foreach (var key in new[] { "t", "log10_t", "log10_loss", "rho", "rho_1", "margin_min", "W", "V", "rho_k" })
            first.ContainsKey(key).ShouldBeTrue(key);
        first["W"]!.AsArray().Count.ShouldBe(1);
        first["W"]![0]![0]!.AsArray().Count.ShouldBe(2);
        first["test_error"].ShouldBeNull();

        var again = Run("run", _config, "--json", "--out", _folder / "runs");
        again.Output.ShouldBe(output.Replace("\"reused\": false", "\"reused\": true", StringComparison.Ordinal));
        again.Error.ShouldContain("finished already");
        Run("run", _config, "--json", "--quiet", "--out", _folder / "runs").Error.ShouldBe("");
    }

    [Fact]
    public void Run_without_json_shows_a_table_and_the_folder()
    {
        var (status, output, _) = Run("run", _config, "--out", _folder / "runs", "flow.kind=weight-normalization");
        status.ShouldBe(0);
        output.ShouldContain("smoothed_margin");
        output.ShouldContain(_folder / "runs");
        output.ShouldNotContain("\u001b");
    }

    [Fact]
    public void A_sweep_does_the_product_once()
    {
        string[] sweep = ["run", _config, "-m", "flow.kind=unconstrained,lagrange", "flow.tolerance.relative=1e-8,1e-9", "--out",
            _folder / "runs", "--json"];
        var first = Run(sweep);
        first.Status.ShouldBe(0);
        JsonNode.Parse(first.Output)!["runs"]!.AsArray().Count.ShouldBe(4);
        var second = Run(sweep);
        first.Output.ShouldContain("\"reused\": false");
        second.Output.ShouldBe(first.Output.Replace("\"reused\": false", "\"reused\": true", StringComparison.Ordinal));
        second.Error.ShouldContain("4 of 4 runs were finished already");
        JsonNode.Parse(Run("show", _folder / "runs", "--json").Output)!["runs"]!.AsArray().Count.ShouldBe(4);
        var csv = Run("show", _folder / "runs", "--csv").Output.Split('\n');
        csv[0].ShouldStartWith("name,id,status,folder,step");
        csv.Length.ShouldBe(6);
        Run("show", _folder / "runs").Output.ShouldContain("two-parameter-flow");
        var single = (string)JsonNode.Parse(first.Output)!["runs"]![0]!["folder"]!;
        Run("show", single, "--csv").Output.ShouldBe(File.ReadAllText(Path.Combine(single, "metrics.csv")));
        Run("show", single).Output.ShouldContain("log10_loss");
    }

    [Fact]
    public void A_dry_run_writes_nothing()
    {
        var (status, output, _) = Run("run", _config, "-m", "seed=0..2", "--dry-run", "--out", _folder / "runs");
        status.ShouldBe(0);
        output.ShouldContain("# 3 runs, 0 finished already");
        output.ShouldContain("kind: unconstrained");
        Directory.Exists(_folder / "runs").ShouldBeFalse();
        var json = JsonNode.Parse(Run("run", _config, "--dry-run", "--json").Output)!["runs"]![0]!;
        ((int)json["unknowns"]!, (int)json["examples"]!, (int)json["observations"]!).ShouldBe((2, 2, 3));
    }

    [Theory]
    [InlineData("'rnu' is not a command; nearest: run; commands: ", "rnu")]
    [InlineData("Required argument", "run")]
    [InlineData("there is no config file", "run", "nowhere.yaml")]
    [InlineData("'--resum' is not an option of 'run'; nearest: --resume", "run", "CONFIG", "--resum")]
    [InlineData("'--jsn' is not an option of 'list'; nearest: --json", "list", "--jsn")]
    [InlineData("'flow' is not a list; nearest: flows", "list", "flow")]
    [InlineData("flow.knid is not a key here; nearest: kind", "run", "CONFIG", "flow.knid=tangent")]
    [InlineData("--on slrm: not known; nearest: slurm; allowed: local, slurm", "run", "CONFIG", "--on", "slrm")]
    [InlineData("--slurm means something with --on slurm only", "run", "CONFIG", "--slurm", "time=5")]
    [InlineData("-j -1: a number ≥ 0", "run", "CONFIG", "-j", "-1")]
    [InlineData("gives 2 values: add -m", "run", "CONFIG", "seed=1,2")]
    [InlineData("starts at zero, but lagrange needs a direction", "run", "CONFIG", "flow.kind=lagrange", "init={kind: zeros}")]
    [InlineData("there is no folder 'nowhere'", "show", "nowhere")]
    [InlineData("--csv and --json ask for two forms", "show", "--csv", "--json")]
    [InlineData("'gemn' is not a benchmark", "bench", "gemn")]
    [InlineData("--limit 0: a number of seconds > 0", "bench", "gemm", "--limit", "0")]
    [InlineData("--pairs 0: at least 1 is needed", "bench", "gemm", "--pairs", "0")]
    public void Wrong_use_is_2(string expected, params string[] arguments)
    {
        var (status, output, error) = Run([.. arguments.Select(a => a == "CONFIG" ? _config : a)]);
        status.ShouldBe(2);
        error.ShouldStartWith("rhoflow: ");
        error.ShouldContain(expected);
        if (!arguments.Contains("--json")) output.ShouldBe("");
    }

    [Theory]
    [InlineData("y[1] is 3", "data.inline.y=[1, 3]")]
    [InlineData("every entry of the data must be a finite number", "data.inline.x=[[1, 2], [.nan, 3]]")]
    [InlineData("there is no data file", "data={path: nowhere.csv}")]
    [InlineData("separab", "data.inline.y=[1, -1]", "data.inline.x=[[1, 1], [1, 1]]", "observe.measures=[direction]")]
    public void Bad_data_are_3(string expected, params string[] overrides)
    {
        var (status, output, error) = Run(["run", _config, "--json", "--out", _folder / "runs", .. overrides]);
        status.ShouldBe(3);
        error.ShouldContain(expected);
        var document = JsonNode.Parse(output)!;
        ((int)document["error"]!["exit_status"]!).ShouldBe(3);
        ((string)document["error"]!["message"]!).ShouldContain(expected);
        Directory.Exists(_folder / "runs").ShouldBeFalse();
    }

    [Fact]
    public void A_flow_that_cannot_go_on_is_1_and_keeps_what_it_saw()
    {
        // f = W_2 W_1 x overflows, so that the velocity is no number.
        string[] stuck = ["network.layers=[{dense: 1}, {dense: 1}]", "init.weights=[[[1e200, 1e200]], [[-1e200]]]",
            "observe.at={t: [0, 1]}"];
        var (status, output, error) = Run(["run", _config, "--json", "--out", _folder / "runs", .. stuck]);
        status.ShouldBe(1);
        error.ShouldContain("the flow stopped at t =");
        var document = JsonNode.Parse(output)!;
        ((string?)document["status"]).ShouldBe("failed");
        document["observations"]!.AsArray().Count.ShouldBe(1);
        ((string)document["summary"]!["error"]!).ShouldContain("no longer a finite number");
        Run(["run", _config, "-m", "--out", _folder / "runs", "--fail-fast", .. stuck]).Status.ShouldBe(1);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_1()
    {
        var (status, _, error) = Run("run", _config, "--out", _config);
        status.ShouldBe(1);
        error.ShouldContain("cannot be written");
        error.ShouldContain("--out DIR");
    }

    [Fact]
    public void Interrupted_is_130_and_resume_goes_on()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        var (output, error) = (new StringWriter(), new StringWriter());
        CommandLine.Run(["run", _config, "--json", "--out", _folder / "runs"], output, error, stopped.Token).ShouldBe(130);
        error.ToString().ShouldContain("--resume goes on from there");
        ((string?)JsonNode.Parse(output.ToString())!["status"]).ShouldBe("interrupted");
        Run("run", _config, "--dry-run", "--out", _folder / "runs").Output.ShouldContain("0 finished already");
        var resumed = Run("run", _config, "--json", "--resume", "--out", _folder / "runs");
        resumed.Status.ShouldBe(0);
        ((string?)JsonNode.Parse(resumed.Output)!["status"]).ShouldBe("finished");
        Directory.EnumerateDirectories(Path.Combine(_folder / "runs", "two-parameter-flow")).Count().ShouldBe(1);
    }

    [Fact]
    public void An_unfinished_run_is_pointed_out()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        CommandLine.Run(["run", _config, "--out", _folder / "runs"], new StringWriter(), new StringWriter(), stopped.Token);
        Run("run", _config, "--out", _folder / "runs").Error.ShouldContain("--resume would go on with it");
    }

    [Fact]
    public void Lists_come_from_what_the_program_uses()
    {
        var all = JsonNode.Parse(Run("list", "--json").Output)!.AsObject();
        all.Select(p => p.Key).ShouldBe(["figures", "claims", "measures", "data", "losses", "flows", "descents", "networks", "equations"]);
        // Tests of kinds from outside register theirs in the same process, before or after.
        all["flows"]!.AsArray().Select(f => (string)f!["name"]!).Where(static name => name != Outside.RescaledTimeFlow.Definition.Name)
            .ShouldBe(["unconstrained", "reparametrized", "fixed-rho", "lagrange", "weight-normalization", "tangent", "lp-constrained",
                "lp-reparametrized", "batch-norm-weight-decay", "scheduled-direction", "scheduled-outputs", "scheduled-rho", "norm-growth",
                "fixed-multipliers"]);
        all["losses"]!.AsArray().Select(f => (string)f!["name"]!)
            .ShouldBe(["exponential", "logistic", "square", "cross-entropy", "square-signs"]);
        Run("list").Output.ShouldContain("flows");
        Run("list", "flows").Output.ShouldContain("T3 eq. 20, 21");
        Run("list", "measures").Output.ShouldContain("smoothed_margin");
    }

    [Fact]
    public void Doctor_names_the_machine()
    {
        var findings = JsonNode.Parse(Run("doctor", "--json").Output)!.AsObject();
        findings.Select(p => p.Key).ShouldBe(["version", "processor", "simd", "threads", "dotnet", "node", "data", "write"]);
        ((string)findings["dotnet"]!["value"]!).ShouldStartWith(".NET 10");
        Run("doctor").Output.ShouldContain("SIMD");
    }

    [Fact]
    public void Every_command_has_json_and_quiet_and_help()
    {
        var help = Run("--help");
        help.Status.ShouldBe(0);
        Run().Output.ShouldBe(help.Output);
        foreach (var command in new[] { "run", "show", "list", "data", "bench", "doctor", "reproduce" })
        {
            help.Output.ShouldContain(command);
            var text = Run(command, "--help").Output;
            text.ShouldContain("--json");
            text.ShouldContain("--quiet");
            text.Split('\n').Max(static line => line.TrimEnd().Length).ShouldBeLessThan(300); // no list of completions
        }
    }

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var status = CommandLine.Run(arguments, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
