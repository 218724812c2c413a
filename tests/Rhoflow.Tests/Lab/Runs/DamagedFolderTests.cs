using System.Text;
using Rhoflow.Cli;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Runs;

/// <summary>A damaged file of a run is named in one sentence; the other runs are shown.</summary>
public class DamagedFolderTests
{
    [Theory]
    [InlineData("{\"status\": 3, \"observations\": 3}", "'status' is 3")]
    [InlineData("{\"status\": \"finished\", \"observations\": \"three\"}", "'observations' is \"three\"")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"seconds\": \"nan\"}", "'seconds' is \"nan\"")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"seconds\": nan}", "this is not JSON")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"status\": \"failed\"}", "this is not JSON")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"last\": [1]}", "'last' is [1]")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"last\": {\"rho\": {}}}", "'last' is")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"notes\": \"all\"}", "'notes' is \"all\"")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"layers\": [{\"kind\": \"dense\", \"rows\": 1e99}]}", "'layers' is")]
    [InlineData("{\"status\": \"finished\", \"observations\": 3, \"steps\": 1.5}", "'steps' is 1.5")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("", "this is not JSON")]
    public void A_summary_of_another_kind_leaves_its_run_out(string summary, string expected)
    {
        using var folder = new TemporaryFolder();
        var (sound, broken) = Two(folder);
        File.WriteAllText(broken.File("summary.json"), summary);
        LeftOut(folder, sound, broken, "summary.json", expected);
    }

    [Theory]
    [InlineData("{\"system\": \"a\", \"system\": \"b\", \"commandLine\": [\"run\", \"-m\", \"seed=0..2\"]}")]
    [InlineData("[1, 2")]
    [InlineData("{\"commandLine\": {}}")]
    public void A_damaged_environment_has_no_command_line(string environment) => SweepOrder.CommandLine(environment).ShouldBe("");

    [Fact]
    public void Bytes_that_are_no_text_leave_their_run_out()
    {
        using var folder = new TemporaryFolder();
        var (sound, broken) = Two(folder);
        var bytes = File.ReadAllBytes(broken.File("summary.json"));
        bytes[Array.IndexOf(bytes, (byte)'f')] = 0xff;
        File.WriteAllBytes(broken.File("summary.json"), bytes);
        LeftOut(folder, sound, broken, "summary.json", "is not UTF-8");
        (sound, broken) = Two(folder);
        bytes = File.ReadAllBytes(broken.File("metrics.csv"));
        bytes[4] = 0xc3;
        File.WriteAllBytes(broken.File("metrics.csv"), bytes);
        LeftOut(folder, sound, broken, "metrics.csv", "not UTF-8");
        (sound, broken) = Two(folder);
        File.AppendAllText(broken.File("metrics.csv"), "1,2,3\n");
        LeftOut(folder, sound, broken, "metrics.csv", "3 cells under");
    }

    [Fact]
    public void Names_of_columns_that_were_damaged_hide_no_numbers()
    {
        using var folder = new TemporaryFolder();
        var (sound, broken) = Two(folder);
        var metrics = File.ReadAllText(broken.File("metrics.csv"));
        File.WriteAllText(broken.File("metrics.csv"), metrics.Replace(",t,", ",tt,", StringComparison.Ordinal));
        var (status, output, error) = Rhoflow("show", broken.Path);
        (status, error).ShouldBe((ExitStatus.Done, ""));
        output.ShouldContain("log10_loss");
        File.WriteAllText(broken.File("metrics.csv"), metrics.Replace(",t,", ",epoch,", StringComparison.Ordinal));
        LeftOut(folder, sound, broken, "metrics.csv", "two columns are called 'epoch'");
    }

    [Theory]
    [InlineData("(3, 2)", "(99999999999999999999, 2)", "its header says")]
    [InlineData("(3, 2)", "(3, 99999999999999999999)", "its header says")]
    [InlineData("(3, 2)", "(3, 4294967296)", "its header says")]
    [InlineData("(3, 2)", "(3, -2)", "is not a float64 table")]
    [InlineData("(3, 2)", "(3, 1)", "'layers' need 2 weights")]
    [InlineData("<f8", "<f4", "is not a float64 table")]
    public void An_array_whose_header_lies_is_named(string what, string by, string expected)
    {
        using var folder = new TemporaryFolder();
        var (run, _) = Two(folder);
        foreach (var name in new[] { "W", "V" })
        {
            var path = run.File($"arrays/{name}.npy");
            var bytes = File.ReadAllBytes(path);
            var header = Encoding.ASCII.GetString(bytes, 0, 128).Replace(what, by, StringComparison.Ordinal);
            Encoding.Latin1.GetBytes(header.PadRight(128)[..128]).AsSpan(10).CopyTo(bytes.AsSpan(10));
            File.WriteAllBytes(path, bytes);
        }
        var (status, output, error) = Rhoflow("show", run.Path, "--json");
        status.ShouldBe(ExitStatus.Failed);
        error.ShouldContain(expected);
        error.ShouldContain(run.Path, customMessage: output);
        error.ShouldNotContain("   at ");
    }

    [Fact]
    public void Random_damage_of_any_file_gives_a_sentence() => LongHarness.Repeat("damaged run folders", 30, DamageAtRandom);

    [Fact(Explicit = true)]
    public void Random_damage_of_any_file_gives_a_sentence_for_hours() =>
        LongHarness.Repeat("damaged run folders", 1_000_000, DamageAtRandom);

    private static void DamageAtRandom(Random random)
    {
        using var folder = new TemporaryFolder();
        var (sound, broken) = Two(folder);
        var files = Directory.GetFiles(broken.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var path = files[random.Next(files.Length)];
        var bytes = File.ReadAllBytes(path).ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 20))); break;
                case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)])); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 30))); break;
            }
            if (bytes.Count == 0) break;
        }
        File.WriteAllBytes(path, [.. bytes]);
        foreach (var args in new[] { new[] { "show", folder.Path }, ["show", folder.Path, "--csv"], ["show", folder.Path, "--json"],
            ["show", broken.Path], ["show", broken.Path, "--json"], ["inspect", broken.Path, "--measures", "loss"] })
        {
            var (status, output, error) = Rhoflow(args);
            var what = $"{string.Join(' ', args)} with a damaged {Path.GetFileName(path)}: {error}";
            status.ShouldBeOneOf([ExitStatus.Done, ExitStatus.Failed, ExitStatus.WrongUse, ExitStatus.BadData], what);
            error.ShouldNotContain("should not have happened", customMessage: what);
            if (args[1] != folder.Path) continue;
            status.ShouldBe(ExitStatus.Done, what);
            output.ShouldContain(sound.Id, customMessage: what);
        }
    }

    private static readonly string[] Words =
        ["nan", "\"", "{", "]", ",", "1e999", "null", "\u0000", "-", "\n", "é", "999999999999", "[", ":"];

    private static void LeftOut(TemporaryFolder folder, RunFolder sound, RunFolder broken, string file, string expected)
    {
        foreach (var form in new[] { Array.Empty<string>(), ["--csv"], ["--json"] })
        {
            var (status, output, error) = Rhoflow(["show", folder.Path, .. form]);
            status.ShouldBe(ExitStatus.Done);
            output.ShouldContain(sound.Id);
            output.ShouldNotContain(broken.Id);
            error.ShouldStartWith("rhoflow: left out: ");
            error.ShouldContain(broken.File(file));
            error.ShouldContain(expected);
        }
        var (alone, _, why) = Rhoflow("show", broken.Path);
        alone.ShouldBe(ExitStatus.Failed);
        why.ShouldContain(expected);
        Directory.Delete(broken.Path, recursive: true);
        Directory.Delete(sound.Path, recursive: true);
    }

    private static (RunFolder Sound, RunFolder Broken) Two(TemporaryFolder folder)
    {
        RunFolder Run(string seed) => new RunLauncher(folder.Path, Resume: false, []).Launch(
            Configs.Read(Configs.TwoParameters, seed, "observe.measures=[loss]"),
            cancellation: TestContext.Current.CancellationToken).Folder;
        return (Run("seed=0"), Run("seed=1"));
    }

    private static (int Status, string Output, string Error) Rhoflow(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var status = CommandLine.Run(args, output, error, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error.ToString());
    }
}
