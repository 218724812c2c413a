using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Data;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

/// <summary>
/// The samples, loaded as a stranger's assemblies are: each is one small class, known to configs, lists, runs and the report.
/// </summary>
public sealed class ExtensionTests : IDisposable
{
    private const string Config = """
        name: extended
        data: {inline: {x: [[1.0, 2.0]], y: [1]}}
        network: {layers: [ {dense: 1} ]}
        init: {weights: [ [[0.3, -0.1]] ]}
        flow: {kind: arc-length}
        observe: {at: {t: [1, 5]}, measures: [loss, sparsity], weights: true}
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public ExtensionTests()
    {
        _config = _folder / "extended.yaml";
        File.WriteAllText(_config, Config);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Flow_and_measure_of_samples_run_in_processes_of_their_own_and_are_recorded()
    {
        // In another process, so that this one's configs do not know them.
        using (var without = RealProcess.Start("run", _config, "--out", _folder / "runs"))
        {
            without.Wait().ShouldBe(ExitStatus.WrongUse);
            without.Error.ShouldContain("flow.kind: 'arc-length' is not known");
        }
        string[] with = ["--with", Sample("ArcLengthFlow"), "--with", Sample("EffectiveWeights")];
        // Resolved configs and extensions go to workers too.
        using (var run = RealProcess.Start(["run", _config, "--out", _folder / "runs", "-m", "-j", "1", "seed=0", .. with]))
            run.Wait().ShouldBe(ExitStatus.Done, run.Error);
        var folder = RunFolder.Under(_folder / "runs").ShouldHaveSingleItem();
        var (columns, rows) = MetricsFile.Read(folder.File("metrics.csv"));
        columns.ShouldContain("effective_weights_1");
        for (var i = 0; i < 2; i++)
        {
            // At unit speed along (1, 2)/√5.
            var t = i == 0 ? 1 : 5;
            double[] w = [0.3 + t / Math.Sqrt(5), -0.1 + 2 * t / Math.Sqrt(5)];
            double Of(string column) => rows[i][columns.ToList().IndexOf(column)];
            Of("log10_loss").ShouldBe(-(w[0] + 2 * w[1]) / Math.Log(10), 1e-8);
            var norm = w[0] * w[0] + w[1] * w[1];
            Of("effective_weights_1").ShouldBe(norm * norm / (Math.Pow(w[0], 4) + Math.Pow(w[1], 4)), 1e-8);
        }
        var recorded = JsonNode.Parse(File.ReadAllText(folder.File("environment.json")))!["extensions"]!.AsArray();
        recorded.Select(static e => (string)e!["name"]!).ShouldBe(["ArcLengthFlow", "EffectiveWeights"]);
        foreach (var e in recorded) ((string)e!["sha256"]!).Length.ShouldBe(64);
        // The identity knows them: with one more loaded it is another run.
        using var more = RealProcess.Start(["run", _config, "--out", _folder / "runs", .. with, "--with", Sample("OwnClaim")]);
        more.Wait().ShouldBe(ExitStatus.Done, more.Error);
        RunFolder.Under(_folder / "runs").Select(static r => r.Id).Distinct().Count().ShouldBe(2);
    }

    // One step of gradient descent is W − η ∇L, with ∇L by differences of the loss written out here.
    [Fact]
    public void A_layer_of_weights_of_a_sample_is_trained_measured_and_saved()
    {
        var random = new Random(Random.Shared.Next());
        double[][] x = [.. Enumerable.Range(0, 5).Select(_ => (double[])
            [.. Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 2 - 1)])];
        double[] start = [.. Enumerable.Range(0, 9).Select(_ => random.NextDouble() + 0.1)];
        string Row(IEnumerable<double> numbers) => $"[{string.Join(", ", numbers.Select(static v => v.ToString("R")))}]";
        File.WriteAllText(_config, $$"""
            name: local
            data: {inline: {x: [{{string.Join(", ", x.Select(Row))}}], y: [1, -1, 1, 1, -1]} }
            network: {layers: [ {local: 2}, {dense: 1} ]}
            init: {weights: [ [{{Row(start[..2])}}, {{Row(start[2..4])}}, {{Row(start[4..6])}}], [{{Row(start[6..])}}] ]}
            loss: square
            descent: {kind: gd, learning-rate: 0.125, epochs: 1}
            observe: {at: {every: 1 epochs}, measures: [default, curvature], weights: true}
            """);
        double Loss(double[] w) => x.Select((a, n) =>
            Enumerable.Range(0, 3).Sum(i => w[6 + i] * (w[2 * i] * a[i] + w[2 * i + 1] * a[i + 1]))
            - (n is 1 or 4 ? -1 : 1)).Average(static e => e * e);
        double Moved(int i)
        {
            double At(double h) => Loss([.. start.Select((v, j) => j == i ? v + h : v)]);
            return start[i] - 0.125 * (At(1e-5) - At(-1e-5)) / 2e-5;
        }
        string[] with = ["--with", Sample("LocalLayer"), "--out", _folder / "runs"];
        foreach (var (precision, tolerance) in new[] { ("float64", 1e-9), ("float32", 1e-5) })
        {
            using var run = RealProcess.Start(["run", _config, $"precision={precision}", "--json", .. with]);
            run.Wait().ShouldBe(ExitStatus.Done, run.Error);
            var last = JsonNode.Parse(run.Output)!["observations"]![1]!;
            double[] w = [.. last["W"]!.AsArray().SelectMany(static m => m!.AsArray()).SelectMany(static r => r!.AsArray())
                .Select(static v => (double)v!)];
            for (var i = 0; i < w.Length; i++) w[i].ShouldBe(Moved(i), tolerance);
            ((double)last["rho_1"]!).ShouldBe(Math.Sqrt(w[..6].Sum(static v => v * v)), tolerance);
            ((double)last["rho_2"]!).ShouldBe(Math.Sqrt(w[6..].Sum(static v => v * v)), tolerance);
            var folder = RunFolder.At((string)JsonNode.Parse(run.Output)!["folder"]!)!;
            var saved = Safetensors.Load(folder.File("checkpoint.safetensors"));
            saved.Arrays.Single(static a => a.Name == "W1").Shape.ShouldBe([3, 2]);
            // The same network from the run's weights, and every measure that there is.
            using var inspected = RealProcess.Start(["inspect", folder.Path, "--measures", "all", "--json", .. with[..2]]);
            inspected.Wait().ShouldBe(ExitStatus.Done, inspected.Error);
            inspected.Output.ShouldContain("'local', a layer of another assembly");
        }
        using var list = RealProcess.Start(["list", "networks", "{local:", .. with[..2]]);
        list.Wait().ShouldBe(ExitStatus.Done, list.Error);
        list.Output.ShouldContain("{local: {patch: n, stride: 1}}");
    }

    [Fact]
    public void A_claim_of_a_sample_is_listed_checked_and_reported()
    {
        using var list = RealProcess.Start("list", "claims", "z01", "--with", Sample("OwnClaim"));
        list.Wait().ShouldBe(ExitStatus.Done, list.Error);
        list.Output.ShouldContain("paper: Notes, §1");
        using var reproduce = RealProcess.Start("reproduce", "z01", "--json", "--out", _folder / "report", "--with", Sample("OwnClaim"));
        reproduce.Wait().ShouldBe(ExitStatus.Done, reproduce.Error);
        ((string)JsonNode.Parse(reproduce.Output)!["claims"]![0]!["verdict"]!).ShouldBe("holds");
        File.ReadAllText(_folder / "report/notes.html").ShouldContain("The weights do not leave the line.");
    }

    [Fact]
    public void What_is_no_extension_is_refused_in_a_sentence()
    {
        Refusal(_folder / "nowhere.dll").ShouldContain("there is no such file");
        Refusal(_config).ShouldContain("it is no .NET assembly");
        Refusal(typeof(Shouldly.Should).Assembly.Location)
            .ShouldContain("it has no extension in it, since it does not use the package Rhoflow");
        Refusal(Made("Empty", new Version(0, 2, 0))).ShouldContain("it has no extension in it: no public type of it");
        Refusal(Made("Older", new Version(0, 1, 7))).ShouldContain("it is built for Rhoflow 0.1.7, and this is 0.2.0");
        var half = _folder / "Half.dll";
        File.WriteAllBytes(half, File.ReadAllBytes(Sample("OwnClaim"))[..2000]);
        Refusal(half).ShouldContain("it is no .NET assembly");
        Refusal(Made("Lacking", new Version(0, 2, 0), needs: "Elsewhere")).ShouldContain("it needs 'Elsewhere', which is not beside it");
    }

    private static string Refusal(string file)
    {
        using var error = new StringWriter();
        CommandLine.Run(["list", "flows", "--with", file], TextWriter.Null, error).ShouldBe(ExitStatus.WrongUse);
        error.ToString().ShouldStartWith($"rhoflow: --with {file}: ");
        error.ToString().TrimEnd().ShouldNotContain("\n");
        return error.ToString();
    }

    // An assembly that refers to a version of Rhoflow; with a property of a type that lies in an assembly which is nowhere.
    private string Made(string name, Version version, string? needs = null)
    {
        var core = typeof(object).Assembly;
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name) { Version = new Version(1, 0, 0) }, core);
        var type = assembly.DefineDynamicModule(name).DefineType("Something", TypeAttributes.Public | TypeAttributes.Class);
        var rhoflow = new PersistedAssemblyBuilder(new AssemblyName("Rhoflow") { Version = version }, core);
        var foreign = rhoflow.DefineDynamicModule("Rhoflow").DefineType("Rhoflow.Flows.Nothing", TypeAttributes.Public);
        type.DefineField("Mine", foreign, FieldAttributes.Private | FieldAttributes.Static);
        if (needs is not null)
        {
            var elsewhere = new PersistedAssemblyBuilder(new AssemblyName(needs), core).DefineDynamicModule(needs)
                .DefineType("Base", TypeAttributes.Public);
            elsewhere.CreateType();
            type.SetParent(elsewhere);
        }
        type.CreateType();
        var file = _folder / $"{name}.dll";
        assembly.Save(file);
        return file;
    }

    private static string Sample(string name, [CallerFilePath] string here = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(here)!, $"../../../samples/{name}/bin/Release/net10.0/{name}.dll"));
}
