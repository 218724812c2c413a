using System.Text.Json.Nodes;
using Rhoflow.Cli;
using Rhoflow.Data;
using Rhoflow.Tests.Data;
using Rhoflow.Tests.Lab;
using Rhoflow.Tests.Lab.Datasets;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Cli;

public sealed class DataCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (int Status, string Output, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var status = CommandLine.Run([.. arguments, "--data-dir", _folder.Path], output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }

    [Fact]
    public void List_says_what_there_is_and_where()
    {
        SampleFiles.WriteMnist(_folder / "mnist", packed: true);
        var sets = JsonNode.Parse(Run("data", "list", "--json").Output)!["sets"]!.AsArray();
        sets.Select(s => (string)s!["name"]!)
            .ShouldBe(["iris", "digits", "mnist", "cifar10", "gaussian-teacher", "gaussian-mixture", "xor", "two-moons", "random-sphere"]);
        ((string?)sets[2]!["folder"]).ShouldBe(_folder / "mnist");
        ((bool)sets[3]!["found"]!).ShouldBeFalse();
        ((int)sets[3]!["train"]!, (int)sets[3]!["test"]!, sets[3]!["shape"]!.ToJsonString()).ShouldBe((50_000, 10_000, "[32,32,3]"));
        var text = Run("data").Output;
        text.ShouldContain("built in");
        text.ShouldContain("`rhoflow data fetch cifar10` gets it");
    }

    [Fact]
    public void Check_reports_every_file_and_is_3_where_one_is_not_as_published()
    {
        SampleFiles.WriteMnist(_folder / "mnist", packed: true);
        File.Delete(_folder / "mnist" + Path.DirectorySeparatorChar + Mnist.TestFiles[1] + ".gz");
        var (status, output, error) = Run("data", "check", "mnist", "--json");
        status.ShouldBe(3);
        error.ShouldContain("train-images-idx3-ubyte.gz: 23536 bytes were found; 47040016 were expected");
        error.ShouldContain("t10k-labels-idx1-ubyte: is missing");
        var set = JsonNode.Parse(output)!["sets"]![0]!;
        ((string)set["status"]!).ShouldBe("wrong");
        set["class_counts"]!.ToJsonString().ShouldBe("[3,3,3,3,3,3,3,3,3,3]");
        ((string)set["files"]![0]!["sha256"]!)
            .ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(SampleFiles.IdxImages(30, 28, 28, 1))));
        Run("data", "check").Status.ShouldBe(3);
        Run("data", "check", "mnist").Output.ShouldContain("WRONG");

        File.WriteAllBytes(_folder / "mnist" + Path.DirectorySeparatorChar + Mnist.TrainFiles[1] + ".gz",
            SampleFiles.Gzip(new byte[60_008])[..^12]);
        Run("data", "check", "mnist").Error.ShouldContain("train-labels-idx1-ubyte.gz: ");
    }

    [Fact]
    public void Built_in_sets_are_sound_and_missing_ones_are_said_to_be_missing()
    {
        var (status, output, _) = Run("data", "check");
        status.ShouldBe(0);
        output.ShouldContain("examples of each class: 178 182 177 183 181 182 181 179 174 180");
        output.ShouldContain("cifar10: not found");
        var missing = Run("data", "check", "cifar10");
        missing.Status.ShouldBe(3);
        missing.Error.ShouldContain("`rhoflow data fetch cifar10` gets it");
    }

    [Theory]
    [InlineData("'mnst' is not a data set; nearest: mnist; sets: iris, digits, mnist, cifar10, all", "data", "check", "mnst")]
    [InlineData("'cifar' is not a data set; nearest: cifar10", "data", "fetch", "cifar")]
    [InlineData("--from ftp://x/: an address was expected", "data", "fetch", "mnist", "--from", "ftp://x/")]
    public void Wrong_words_are_2(string expected, params string[] arguments)
    {
        var (status, _, error) = Run(arguments);
        status.ShouldBe(2);
        error.ShouldContain(expected);
    }

    [Fact]
    public void Fetch_refuses_files_that_are_not_the_published_ones()
    {
        using var server = new FileServer();
        SampleFiles.WriteMnist(_folder / "made", packed: true);
        foreach (var file in Directory.EnumerateFiles(_folder / "made")) server.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        var (status, _, error) = Run("data", "fetch", "mnist", "--from", server.Address.AbsoluteUri, "--quiet");
        status.ShouldBe(3);
        error.ShouldContain("train-images-idx3-ubyte is not what it should be, so nothing was put in place: 23536 bytes were found; "
            + "47040016 were expected");
        Run("data", "list", "--json").Output.ShouldContain("\"found\": false");
        Run("data", "fetch", "cifar10", "--from",
            server.Address.AbsoluteUri).Error.ShouldContain("cifar-10-binary.tar.gz answers 404 NotFound");
    }

    [Fact]
    public void A_run_finds_its_data_in_the_folder_that_is_named()
    {
        SampleFiles.WriteMnist(_folder / "mnist", packed: true);
        File.WriteAllText(_folder / "c.yaml", Configs.TwoParameters);
        string[] run = ["run", _folder / "c.yaml", "data={set: mnist, classes: [1, 7], test: 0, transforms: [scale-pixels]}",
            "init={kind: normal, frobenius: 0.1}", "--json", "--out", _folder / "runs"];
        Run(run).Status.ShouldBe(0);
        Directory.Delete(_folder / "mnist", recursive: true);
        var (status, _, error) = Run([.. run, "seed=3"]);
        status.ShouldBe(3);
        error.ShouldContain("`rhoflow data fetch mnist` gets it");
    }

    [Fact]
    public void The_real_MNIST_is_fetched_and_found_sound()
    {
        Assert.SkipWhen(SampleFiles.RealFolder is null, "RHOFLOW_DATA names no folder of the real sets");
        using var server = new FileServer();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SampleFiles.RealFolder!, "mnist")))
            server.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        (server.Breaks, server.BreakAfter) = (1, 5_000_000);
        Run("data", "fetch", "mnist", "--from", server.Address.AbsoluteUri).Output.ShouldContain("all digests are as published");
        Run("data", "check", "mnist").Status.ShouldBe(0);
        var requests = server.Requests.Count;
        Run("data", "fetch", "mnist", "--from", server.Address.AbsoluteUri).Output.ShouldContain("already, and sound");
        server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public void The_real_CIFAR_is_as_published()
    {
        Assert.SkipWhen(SampleFiles.RealFolder is null, "RHOFLOW_DATA names no folder of the real sets");
        var (output, error) = (new StringWriter(), new StringWriter());
        CommandLine.Run(["data", "check", "cifar10", "--data-dir", SampleFiles.RealFolder!], output, error,
            TestContext.Current.CancellationToken).ShouldBe(0, error.ToString());
        output.ToString().ShouldContain("examples of each class: 5000 5000 5000 5000 5000 5000 5000 5000 5000 5000; test: 1000");
    }
}
