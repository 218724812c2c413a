using Rhoflow.Benchmarks;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Benchmarks;

/// <summary>Peers that sleep, fail or are crippled give no ratio; the row says why, and the next one has its own.</summary>
public sealed class SuiteTests
{
    private const string Fair = "1e-6", Crippled = "1e3";

    [Fact]
    public void A_ratio_is_the_median_over_as_many_pairs_as_were_asked_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no sh");
        var theirs = 0.001 + Random.Shared.NextDouble();
        using var peer = new FakePeer(Fair, "OpenBLAS 1.2", FormattableString.Invariant($"'quick torch '*) echo {theirs:R} ;;"));
        var row = Rows(peer.Options(FakePeer.Row("quick")) with { Pairs = 5 }).ShouldHaveSingleItem();
        row.Pairs.ShouldBe(5);
        row.PeerName.ShouldBe("torch");
        row.Peer!.Value.ShouldBe(theirs, 1e-15);
        // The peer's time is the same in every pair, so that the median ratio is that over our median time.
        row.Ratio!.Value.ShouldBe(theirs / row.Ours!.Value, 1e-9 * theirs / row.Ours.Value);
        row.RatioMin!.Value.ShouldBeLessThanOrEqualTo(row.Ratio.Value);
        row.RatioMax!.Value.ShouldBeGreaterThanOrEqualTo(row.Ratio.Value);
        row.CpuShare!.Value.ShouldBeGreaterThan(0);
        row.Note.ShouldBeNull();
    }

    [Fact]
    public void A_peer_that_runs_over_the_limit_is_ended_and_the_row_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no sh");
        using var peer = new FakePeer(Fair, "OpenBLAS 1.2", """'slow torch '*) sleep 600; echo 1 ;;""");
        var options = peer.Options(FakePeer.Row("slow"), FakePeer.Row("after")) with { Limit = 2 };
        using var suite = new Suite(options, static _ => { }, TestContext.Current.CancellationToken);
        using var rows = suite.Rows().GetEnumerator();
        rows.MoveNext().ShouldBeTrue();
        rows.Current.Note.ShouldBe("torch over the limit of 2 s");
        rows.Current.Ratio.ShouldBeNull();
        rows.Current.Peer.ShouldBeNull();
        rows.Current.Ours!.Value.ShouldBeGreaterThan(0);
        FakePeer.IsRunning(peer.Started!.Value).ShouldBeFalse();
        // Started again for the next row.
        rows.MoveNext().ShouldBeTrue();
        rows.Current.Ratio!.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Ours_over_the_limit_has_no_time_and_no_ratio()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no sh");
        using var peer = new FakePeer(Fair, "OpenBLAS 1.2", "");
        var row = Rows(peer.Options(FakePeer.Row("slow", static _ => Thread.Sleep(300))) with { Limit = 0.1 }).ShouldHaveSingleItem();
        row.Note.ShouldBe("over the limit of 0.1 s");
        (row.Ours, row.Ratio).ShouldBe((null, null));
    }

    [Fact]
    public void A_crippled_peer_is_not_asked_and_what_to_install_is_said()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no sh");
        using var peer = new FakePeer(Crippled, "reference BLAS", "");
        using var suite = new Suite(peer.Options(FakePeer.Row("quick")), static _ => { }, TestContext.Current.CancellationToken);
        var report = suite.LookAtPeers().ShouldHaveSingleItem();
        report.IsFair.ShouldBeFalse();
        report.Withheld!.ShouldContain("torch 9.8 on reference BLAS");
        report.Withheld!.ShouldContain("libopenblas0-pthread");
        report.Text.ShouldContain("no ratio");
        var row = suite.Rows().ShouldHaveSingleItem();
        (row.Peer, row.Ratio, row.Note).ShouldBe((null, null, "torch withheld"));
        row.Ours!.Value.ShouldBeGreaterThan(0);
        peer.Started.ShouldBeNull();
    }

    [Fact]
    public void A_peer_that_fails_is_absent_and_never_slow()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no sh");
        using var peer = new FakePeer(Fair, "MKL", """
            'poor torch '*) echo failed out of memory ;;
            'gone torch '*) exit 1 ;;
            """);
        var rows = Rows(peer.Options(FakePeer.Row("poor"), FakePeer.Row("gone"), FakePeer.Row("quick")));
        rows.Select(static r => r.Note).ShouldBe(["torch failed out of memory", "torch failed its process ended", null]);
        rows.Select(static r => r.Ratio is null).ShouldBe([true, true, false]);
    }

    [Fact]
    public void Without_a_peer_the_row_says_what_is_not_installed()
    {
        var options = new SuiteOptions
        {
            Works = [FakePeer.Row("quick")],
            Source = new PeerSource(["no-such-program"], "."),
            WarmUp = 0.001,
            Measurement = 0.002,
        };
        using var suite = new Suite(options, static _ => { }, TestContext.Current.CancellationToken);
        suite.LookAtPeers().ShouldBeEmpty();
        suite.Missing.ShouldBe(["torch"]);
        suite.Rows().ShouldHaveSingleItem().Note.ShouldBe("torch not installed");
        suite.Gradients().ShouldBeNull();
    }

    [Fact]
    public void Peers_that_are_reached_from_dotnet_say_how_they_are_had()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no sh");
        using var peer = new FakePeer(Fair, "MKL", "");
        var work = FakePeer.Row("quick") with { Peers = ["torch", "libtorch"] };
        var source = peer.Source with { NetFolders = ["no-such-folder"] };
        using var suite = new Suite(peer.Options(work) with { Source = source }, static _ => { }, TestContext.Current.CancellationToken);
        suite.LookAtPeers().ShouldHaveSingleItem().Library.ShouldBe("torch");
        suite.Missing.ShouldBe(["libtorch"]);
        PeerSource.Missing("libtorch").ShouldContain("dotnet publish benchmarks/peers/dotnet");
        PeerSource.Missing("torch").ShouldContain("python3-torch");
        // Beside the one that is there, with its CPU time.
        var row = suite.Rows().ShouldHaveSingleItem();
        (row.PeerName, row.Note).ShouldBe(("torch", null));
        row.CpuRatio!.Value.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Dear_rows_are_run_where_they_are_named_or_all_are()
    {
        using var peer = new FakePeer(Fair, "MKL", "");
        Work[] works = [FakePeer.Row("quick"), FakePeer.Row("dear", isDear: true)];
        var options = peer.Options(works) with { Source = new PeerSource([], ".") };
        Rows(options with { Names = [] }).Select(static r => r.Name).ShouldBe(["quick"]);
        Rows(options with { Names = [], Full = true }).Select(static r => r.Name).ShouldBe(["quick", "dear"]);
        Rows(options with { Names = ["de"] }).Select(static r => r.Name).ShouldBe(["dear"]);
        using var late = new Suite(options with { Names = [], Whole = 1 }, static _ => { }, TestContext.Current.CancellationToken);
        late.Rows().ShouldBeEmpty();
        (late.LeftOut[0], late.TooLate[0]).ShouldBe(("dear", "quick"));
    }

    private static Row[] Rows(SuiteOptions options)
    {
        using var suite = new Suite(options, static _ => { }, TestContext.Current.CancellationToken);
        return [.. suite.Rows()];
    }
}
