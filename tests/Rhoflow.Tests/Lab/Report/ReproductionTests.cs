using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Report;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Report;

public class ReproductionTests
{
    private readonly SampleStudies _studies = new();

    private Selection All => new([.. _studies.All, _studies.Throws]);

    [Fact]
    public void A_second_reproduction_computes_nothing_and_gives_the_same()
    {
        using var folder = new TemporaryFolder();
        var selection = new Selection(_studies.All);
        var first = new Reproduction(folder.Path, parallel: 2).Run(selection, TestContext.Current.CancellationToken);
        first.Computed.ShouldBe(4);
        var second = new Reproduction(folder.Path, parallel: 1).Run(selection, TestContext.Current.CancellationToken);
        second.Computed.ShouldBe(0);
        _studies.Runs.Values.ShouldAllBe(n => n == 1);
        Text(second).ShouldBe(Text(first));
        second.Claims.Select(c => c.Result.Verdict).ShouldBe([Verdict.Holds, Verdict.Care, Verdict.Fails]);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("emptied")]
    [InlineData("edited")]
    [InlineData("deleted")]
    public void A_result_file_that_is_not_whole_is_computed_again(string damage)
    {
        using var folder = new TemporaryFolder();
        var selection = new Selection(_studies.All);
        var first = new Reproduction(folder.Path).Run(selection, TestContext.Current.CancellationToken);
        var file = new ResultStore(folder.Path).PathOf(_studies.Care.Id);
        var text = File.ReadAllText(file);
        switch (damage)
        {
            case "truncated": File.WriteAllText(file, text[..(text.Length / 2)]); break;
            case "emptied": File.WriteAllText(file, ""); break;
            case "edited": File.WriteAllText(file, text.Replace("\"care\"", "\"holds\"", StringComparison.Ordinal)); break;
            default: File.Delete(file); break;
        }
        var second = new Reproduction(folder.Path).Run(selection, TestContext.Current.CancellationToken);
        second.Computed.ShouldBe(1);
        _studies.Runs[_studies.Care.Id].ShouldBe(2);
        second.Claims.Select(c => c.Result.Verdict).ShouldBe(first.Claims.Select(c => c.Result.Verdict));
        Directory.EnumerateFiles(folder.Path, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void Quick_and_full_results_are_not_mistaken_for_each_other()
    {
        using var folder = new TemporaryFolder();
        var selection = new Selection([_studies.Care]);
        new Reproduction(folder.Path).Run(selection, TestContext.Current.CancellationToken);
        new Reproduction(folder.Path, full: true).Run(selection, TestContext.Current.CancellationToken).Computed.ShouldBe(1);
    }

    [Fact]
    public void A_claim_that_throws_is_undecided_others_go_on_and_it_is_tried_again()
    {
        using var folder = new TemporaryFolder();
        var first = new Reproduction(folder.Path).Run(All, TestContext.Current.CancellationToken);
        first.Failed.ShouldBeTrue();
        first.Claims.Count.ShouldBe(4);
        var broken = first.Claims[^1].Result;
        broken.Verdict.ShouldBe(Verdict.Undecided);
        broken.Error.ShouldBe("InvalidOperationException: the step <h> went to 0 at t = 3");
        new Reproduction(folder.Path).Run(All, TestContext.Current.CancellationToken).Computed.ShouldBe(1);
        _studies.Runs[_studies.Throws.Id].ShouldBe(2);
    }

    [Fact]
    public void The_order_is_the_catalogues_whatever_the_order_of_finishing()
    {
        using var folder = new TemporaryFolder();
        using var second = new ManualResetEventSlim();
        var slow = _studies.Care with { Id = "b20-slow", Check = c => { second.Wait(c.Cancellation); return _studies.Care.Check(c); } };
        var fast = _studies.Care with
        {
            Id = "b21-fast",
            Check = c => { try { return _studies.Care.Check(c); } finally { second.Set(); } },
        };
        var result = new Reproduction(folder.Path, parallel: 2).Run(new([slow, fast]), TestContext.Current.CancellationToken);
        result.Claims.Select(c => c.Claim.Id).ShouldBe(["b20-slow", "b21-fast"]);
    }

    [Fact]
    public void Interrupted_it_keeps_what_is_finished_and_goes_on_from_there()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var stubborn = _studies.Care with
        {
            Id = "b22-stubborn",
            Check = c => { stop.Cancel(); c.Cancellation.ThrowIfCancellationRequested(); return _studies.Care.Check(c); },
        };
        var later = _studies.Care with { Id = "b23-later" };
        var selection = new Selection([_studies.Fails, stubborn, later]);
        var cut = Should.Throw<ReproductionInterruptedException>(() =>
            new Reproduction(folder.Path, parallel: 1).Run(selection, stop.Token));
        cut.CancellationToken.ShouldBe(stop.Token);
        cut.Finished.Claims.Select(c => c.Claim.Id).ShouldBe([_studies.Fails.Id]);
        var rest = new Reproduction(folder.Path, parallel: 1).Run(new([_studies.Fails, later]), TestContext.Current.CancellationToken);
        rest.Computed.ShouldBe(1);
        _studies.Runs[_studies.Fails.Id].ShouldBe(1);
    }

    [Fact]
    public void A_claim_that_does_not_look_at_cancellation_is_left_behind()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var never = new ManualResetEventSlim();
        var deaf = _studies.Care with
        {
            Id = "b24-deaf",
            Check = c => { stop.Cancel(); never.Wait(TimeSpan.FromMinutes(1), CancellationToken.None); return _studies.Care.Check(c); }
        };
        var cut = Should.Throw<ReproductionInterruptedException>(() =>
            new Reproduction(folder.Path, parallel: 1).Run(new([deaf]), stop.Token, grace: TimeSpan.FromMilliseconds(20)));
        cut.Finished.Claims.ShouldBeEmpty();
        never.Set();
    }

    [Fact]
    public void Progress_counts_to_the_total()
    {
        using var folder = new TemporaryFolder();
        var events = new List<ReproductionEvent>();
        new Reproduction(folder.Path, parallel: 2, onEvent: events.Add).Run(All, TestContext.Current.CancellationToken);
        events.Count(e => e.Ended).ShouldBe(5);
        events.ShouldAllBe(e => e.Total == 5);
        events[^1].Done.ShouldBe(5);
    }

    private static string Text(ReproductionResult result) => System.Text.Json.JsonSerializer.Serialize(
        new { claims = result.Claims.Select(c => c.Result), figures = result.Figures.Select(f => f.Result) });
}
