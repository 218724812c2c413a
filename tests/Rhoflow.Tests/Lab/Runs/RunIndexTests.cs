using System.Globalization;
using Microsoft.Data.Sqlite;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.Tables;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Runs;

/// <summary>
/// The folders are the truth: whatever is done to runs and to the index beside them, reading through it gives what a scan gives.
/// </summary>
public sealed class RunIndexTests : IDisposable
{
    private static readonly string[] s_columns = ["t", "log10_loss", "test_error"];

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new();
    private int _made;

    public void Dispose() => _folder.Dispose();

    private string Parent => _folder / "made";

    private string Index => Path.Combine(Parent, RunIndex.Name);

    [Fact]
    public void The_index_equals_a_scan_after_any_changes()
    {
        for (var i = 0; i < 12; i++) Add();
        for (var round = 0; round < 40; round++)
        {
            for (var change = _random.Next(4); change > 0; change--) Change();
            if (_random.Next(6) == 0) File.Delete(Index);
            if (_random.Next(6) == 0 && File.Exists(Index)) Damage();
            Compare();
        }
    }

    [Fact]
    public void An_index_is_made_used_and_made_anew()
    {
        for (var i = 0; i < 6; i++) Add();
        Compare();
        var first = File.ReadAllBytes(Index);
        Entries().Count.ShouldBe(6);
        Compare();
        // Nothing has changed: it was read, not written.
        File.ReadAllBytes(Index).ShouldBe(first);

        // That it is used shows where it lies: only somebody who has the checksum can make it.
        var entries = RunIndex.Read(Parent);
        var (name, (stamp, content)) = entries.First();
        entries[name] = (stamp, content with { Config = "seed: 12345\n" });
        RunIndex.Write(Parent, entries);
        Read().Count(static r => r.Keys["seed"] == "12345").ShouldBe(1);

        // Of another version, or none at all.
        foreach (var spoil in (Action[])[() => SetVersion(RunIndex.Layout + 1), () => File.WriteAllText(Index, "not a database"),
            () => File.WriteAllBytes(Index, []), () => File.WriteAllBytes(Index, first[..(first.Length / 2)])])
        {
            spoil();
            Compare();
            Entries().Count.ShouldBe(6);
        }
    }

    [Fact]
    public void What_was_written_a_moment_ago_is_not_kept()
    {
        for (var i = 0; i < 6; i++) Add(age: i > 0);
        Compare();
        Entries().Count.ShouldBe(5);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_read_without()
    {
        for (var i = 0; i < 4; i++) Add();
        // A folder of that name is in the way, for root too, whom no permission keeps from writing.
        Directory.CreateDirectory(Path.Combine(Index, "in the way"));
        Compare();
        Directory.Delete(Index, recursive: true);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Parent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Compare();
        Directory.EnumerateFiles(Parent, "*.new").ShouldBeEmpty();
    }

    [Fact]
    public void Several_processes_at_once_read_and_write_it()
    {
        for (var i = 0; i < 8; i++) Add();
        var expected = Shown(RunReader.Read(RunFolder.Under(_folder.Path), indexFrom: long.MaxValue));
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 5 == 0) File.Delete(Index);
            Shown(Read()).ShouldBe(expected);
        });
    }

    [Fact]
    public void A_run_that_goes_on_is_seen_to()
    {
        var folder = Add(status: null);
        for (var i = 0; i < 4; i++) Add();
        Compare();
        Read().Count(static r => r.Status == RunStatus.Unfinished).ShouldBe(1);
        MadeRuns.Summarize(folder, "interrupted", s_columns, []);
        Compare();
        Read().Count(static r => r.Status == RunStatus.Interrupted).ShouldBe(1);
    }

    private IReadOnlyList<RunRecord> Read() => RunReader.Read(RunFolder.Under(_folder.Path), indexFrom: 0);

    private void Compare() => Shown(Read()).ShouldBe(Shown(RunReader.Read(RunFolder.Under(_folder.Path), indexFrom: long.MaxValue)));

    private static string[] Shown(IEnumerable<RunRecord> runs) => [.. runs.Select(static r => string.Join('|', r.Folder.Path, r.Status,
        r.Damage, r.Config, r.CommandLine, r.Started, r.Seconds, r.Summary?.ToJsonString(), string.Join(',', r.Keys)))];

    private Dictionary<string, (string Stamp, RunContent Content)> Entries() => RunIndex.Read(Parent);

    private RunFolder Add(string? status = "finished", bool age = true)
    {
        var folder = MadeRuns.Add(_folder.Path, "made", MadeRuns.Id(_made++),
            [("seed", $"{_made}"), ("init.scale", $"{_random.Next(9)}")], s_columns, Rows(), status);
        if (_random.Next(2) > 0)
            File.WriteAllText(folder.File("environment.json"), "{\"commandLine\": [\"run\", \"-m\", \"c.yaml\", \"seed=0..9\"]}");
        if (age) MadeRuns.Age(folder);
        return folder;
    }

    private double[][] Rows() => [.. Enumerable.Range(0, _random.Next(1, 6)).Select(i => new[] { i, _random.NextDouble(), double.NaN })];

    private void Change()
    {
        var runs = RunFolder.Under(_folder.Path);
        var one = runs[_random.Next(runs.Count)];
        switch (_random.Next(8))
        {
            case 0:
                Add(_random.Next(3) > 0 ? "finished" : null, age: _random.Next(2) > 0);
                return;
            case 1 when runs.Count > 3:
                Directory.Delete(one.Path, recursive: true);
                return;
            case 2:
                MadeRuns.Summarize(one, _random.Next(2) > 0 ? "failed" : "interrupted", s_columns, Rows());
                break;
            case 3:
                // Same length, another value.
                File.WriteAllText(one.File("config.yaml"), $"seed: {_random.Next(10, 99)}\n");
                break;
            case 4:
                File.AppendAllText(one.File("metrics.csv"), "1,2,3\n");
                break;
            case 5:
                File.AppendAllText(one.File("metrics.csv"), "1,x,3\n");
                break;
            case 6:
                File.Delete(one.File(_random.Next(2) > 0 ? "summary.json" : "metrics.csv"));
                break;
            default:
                File.WriteAllText(one.File("summary.json"), "{");
                break;
        }
        // Changed long ago, but never at the same instant as before.
        if (_random.Next(2) > 0) MadeRuns.Age(one, 3600 - ++_made);
    }

    private void Damage()
    {
        var bytes = File.ReadAllBytes(Index);
        for (var i = _random.Next(1, 30); i > 0; i--)
            bytes[_random.Next(_random.Next(2) > 0 ? Math.Min(200, bytes.Length) : bytes.Length)] = (byte)_random.Next(256);
        File.WriteAllBytes(Index, bytes);
    }

    private void SetVersion(int version)
    {
        using var database = new SqliteConnection($"Data Source={Index};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}");
        command.ExecuteNonQuery();
    }
}
