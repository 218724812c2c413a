using System.Text.Json.Nodes;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Runs;

/// <summary>Who may write in a run folder: one owner at a time, and a stale one gives way.</summary>
public class RunLockTests
{
    private static readonly LockWatch Impatient = new() { Patience = TimeSpan.Zero, PatienceAfterReboot = TimeSpan.Zero };

    [Fact]
    public void One_of_many_has_it_at_a_time() => LongHarness.Repeat("locks", 2, static random =>
    {
        using var folder = new TemporaryFolder();
        var (inside, most, taken) = (0, 0, 0);
        var rounds = random.Next(5, 15);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var watch = new LockWatch();
            for (var i = 0; i < rounds; i++)
            {
                RunLock? held;
                while ((held = RunLock.TryTake(folder / "lock.json", watch, out var owner)) is null)
                {
                    owner.ShouldNotBeNull();
                    Thread.Yield();
                }
                using (held)
                {
                    Interlocked.Exchange(ref most, Math.Max(most, Interlocked.Increment(ref inside)));
                    Interlocked.Increment(ref taken);
                    held.IsOurs(out var there).ShouldBeTrue();
                    there!.Owner.ShouldBe(held.Owner);
                    Interlocked.Decrement(ref inside);
                }
            }
        });
        (most, taken).ShouldBe((1, 8 * rounds));
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    });

    [Fact]
    public void A_stale_lock_is_taken_away_by_one_of_many() => LongHarness.Repeat("stale locks", 3, random =>
    {
        using var folder = new TemporaryFolder();
        var path = folder / "lock.json";
        var gone = RunOwner.Here() with { Process = Environment.ProcessId, ProcessStarted = random.Next(1, 1000), Token = "gone" };
        LockFile.TryCreate(path, gone).ShouldBeTrue();
        var held = new RunLock?[8];
        Parallel.For(0, held.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            i => held[i] = RunLock.TryTake(path, new LockWatch(), out _));
        for (var tries = 0; held.All(static h => h is null) && tries < 100; tries++)
            held[0] = RunLock.TryTake(path, new LockWatch(), out _);
        var owner = held.OfType<RunLock>().ShouldHaveSingleItem();
        owner.IsOurs(out _).ShouldBeTrue();
        owner.Dispose();
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    });

    [Theory]
    [InlineData("the process has ended")]
    [InlineData("the number of the process is used again")]
    [InlineData("this process has lost it")]
    public void An_owner_that_is_gone_is_known_at_once(string how)
    {
        using var folder = new TemporaryFolder();
        var here = RunOwner.Here();
        Assert.SkipUnless(here.ProcessStarted != 0, "processes cannot be looked up here");
        var owner = how switch
        {
            // Beyond the largest number that Linux gives.
            "the process has ended" => here with { Process = (1 << 22) + 7, Token = "a" },
            "the number of the process is used again" => here with { Process = 1, ProcessStarted = here.ProcessStarted + 1, Token = "b" },
            _ => here with { Token = "c" },
        };
        LockFile.TryCreate(folder / "lock.json", owner);
        LockWatch.SeemsAtWork(LockFile.Read(folder / "lock.json")!).ShouldBeFalse();
        using var held = RunLock.TryTake(folder / "lock.json", new LockWatch(), out _).ShouldNotBeNull();
        held.IsOurs(out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("another host")]
    [InlineData("another namespace of this host")]
    [InlineData("this host before it was started anew")]
    [InlineData("a lock that cannot be read")]
    public void Where_no_process_can_be_looked_up_the_heartbeat_decides(string where)
    {
        using var folder = new TemporaryFolder();
        var path = folder / "lock.json";
        var owner = where switch
        {
            "another host" => RunOwner.Here() with { Host = "atlas", Machine = "m", Boot = "b", Process = 1 },
            "another namespace of this host" => RunOwner.Here() with { Namespace = "pid:[1]", Process = 1 },
            _ => RunOwner.Here() with { Boot = "before" },
        };
        if (where == "a lock that cannot be read") File.WriteAllText(path, "");
        else LockFile.TryCreate(path, owner);
        RunLock.TryTake(path, new LockWatch(), out var atWork).ShouldBeNull();
        atWork!.ToString().ShouldContain(where switch
        {
            "another host" => "process 1 on atlas, since ",
            "another namespace of this host" => "(in another container)",
            "a lock that cannot be read" => "unknown host",
            _ => Environment.MachineName,
        });
        LockWatch.SeemsAtWork(LockFile.Read(path)!).ShouldBeTrue();
        // It moves between two looks: somebody lives there, however impatient this process is.
        var watch = new LockWatch { Patience = TimeSpan.FromTicks(1), PatienceAfterReboot = TimeSpan.FromTicks(1) };
        RunLock.TryTake(path, watch, out _).ShouldBeNull();
        if (where != "a lock that cannot be read")
        {
            for (var beats = 1; beats < 4; beats++)
            {
                LockFile.Beat(path, owner, beats).ShouldBeTrue();
                RunLock.TryTake(path, watch, out _).ShouldBeNull();
            }
        }
        // It stands still.
        using var held = RunLock.TryTake(path, watch, out _).ShouldNotBeNull();
        // The one that was at work finds out, and harms nobody.
        LockFile.Beat(path, owner, 9).ShouldBeFalse();
        held.IsOurs(out _).ShouldBeTrue();
        // So is a lock left long ago, for what is shown.
        LockFile.TryCreate(folder / "old.json", owner);
        File.SetLastWriteTimeUtc(folder / "old.json", DateTime.UtcNow.AddMinutes(-2));
        LockWatch.SeemsAtWork(LockFile.Read(folder / "old.json")!).ShouldBeFalse();
    }

    [Fact]
    public void A_pause_of_the_one_that_looks_is_no_standstill_of_the_other()
    {
        using var folder = new TemporaryFolder();
        var path = folder / "lock.json";
        LockFile.TryCreate(path, RunOwner.Here() with { Boot = "elsewhere", Machine = "m" });
        var watch = new LockWatch { Patience = TimeSpan.FromSeconds(4) };
        watch.IsStale(path, LockFile.Read(path)!).ShouldBeFalse();
        Thread.Sleep(2100);
        // However long it was: two seconds are what one look counts.
        watch.IsStale(path, LockFile.Read(path)!).ShouldBeFalse();
        watch.LookAgain();
        watch.IsStale(path, LockFile.Read(path)!).ShouldBeFalse();
    }

    [Fact]
    public void A_folder_shows_who_is_at_work_and_refuses_others()
    {
        using var folder = new TemporaryFolder();
        var run = RunFolder.Create(folder.Path, "a", "0123abcd", "name: a", [], DateTime.Now, locked: true);
        (run.Status, run.AtWork).ShouldBe((RunStatus.Running, run.Lock!.Owner));
        RunFolder.FindResumable(folder.Path, "a", "0123abcd").ShouldBeNull();
        run.TryLock(Impatient, out var owner).ShouldBeNull();
        owner.ShouldBe(run.Lock.Owner);
        run.RequireOurs();
        run.Lock.Dispose();
        (run.Status, run.AtWork).ShouldBe((RunStatus.Unfinished, null));
        RunFolder.FindResumable(folder.Path, "a", "0123abcd")!.Path.ShouldBe(run.Path);
        Directory.EnumerateFileSystemEntries(run.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["arrays", "config.yaml", "environment.json", "log.txt"]);
    }

    [Theory]
    [InlineData("deleted", "was deleted or moved while its run went on")]
    [InlineData("taken over", "process 77 on atlas, since 2026-01-02 03:04:05, has taken it over")]
    [InlineData("unlocked", "its lock was removed")]
    public void Nothing_is_written_into_a_folder_that_is_not_ours_any_more(string how, string expected)
    {
        using var folder = new TemporaryFolder();
        var run = RunFolder.Create(folder.Path, "a", "0123abcd", "name: a", [], DateTime.Now, locked: true);
        if (how == "deleted")
        {
            Directory.Delete(run.Path, recursive: true);
        }
        else
        {
            File.Delete(run.File(RunLock.Name));
            if (how == "taken over")
                LockFile.TryCreate(run.File(RunLock.Name), new RunOwner("atlas", "", "", "", 77, 1,
                    new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "t"));
        }
        Should.Throw<RunFolderException>(run.RequireOurs).Message.ShouldContain(expected);
        run.Lock!.Dispose();
        File.Exists(run.File(RunLock.Name)).ShouldBe(how == "taken over");
    }

    [Fact]
    public void A_folder_that_cannot_be_made_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        var long256 = new string('x', 256);
        Should.Throw<RunFolderException>(() => RunFolder.Create(folder.Path, long256, "0123abcd", "", [], DateTime.Now, locked: true))
            .Message.ShouldContain("cannot be written");
        Should.Throw<RunFolderException>(() =>
            RunFolder.Create(folder.Path, "a", new string('y', 256), "", [], DateTime.Now, locked: true));
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void An_owner_is_read_back_and_a_lock_has_one_length()
    {
        var owner = RunOwner.Here();
        RunOwner.From(JsonNode.Parse(owner.ToJson().ToJsonString())).ShouldBe(owner);
        RunOwner.From(JsonNode.Parse("""{"process": "x"}""")).ShouldBeNull();
        RunOwner.From(JsonNode.Parse("[1]")).ShouldBeNull();
        LockFile.Format(owner, 1).Length.ShouldBe(LockFile.Format(owner with { Host = "größer" }, long.MaxValue).Length);
    }
}
