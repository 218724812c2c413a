using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Tests.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Inspection;

/// <summary>An inspection leaves out what would take long, and shows what was measured when it is interrupted.</summary>
public sealed class InspectionWatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private TrainedNetwork Network() => TrainedNetworks.OfRun(new RunLauncher(_folder.Path, Resume: false, [])
        .Launch(Trainings.Read("precision=float64"), cancellation: TestContext.Current.CancellationToken).Folder, null);

    [Fact]
    public void What_takes_long_is_left_out_and_named_unless_it_is_asked_for()
    {
        var (network, said) = (Network(), new List<string>());
        NetworkInspection Look(double longest, params string[] families) => NetworkInspection.Of(network, families, 40, 1,
            TestContext.Current.CancellationToken, new InspectionWatch(static _ => { }, said.Add, longest));
        var whole = Look(1e9);
        whole.Dear.ShouldBeEmpty();
        // Nothing is free.
        var bare = Look(1e-12);
        bare.Dear.ShouldNotBeEmpty();
        bare.Dear.ShouldAllBe(static d => d.Seconds > 0);
        var left = bare.Dear.Select(static d => d.Measure.Family).Distinct().ToArray();
        left.ShouldContain("curvature");
        bare.Measures.Count.ShouldBeLessThan(whole.Measures.Count);
        // What both have is the same number.
        foreach (var measured in bare.Measures)
            whole.Measures.Contains(measured).ShouldBeTrue($"{measured.Column} = {measured.Value}");
        var asked = Look(1e-12, "curvature");
        asked.Dear.ShouldBeEmpty();
        asked.Measures.ShouldContain(static m => m.Column.StartsWith("hessian_top", StringComparison.Ordinal));
        bare.ToJson()["not_measured"]!.AsArray().Select(static n => (string)n!["why"]!)
            .ShouldContain(static w => w.Contains("--measures "));
    }

    [Fact]
    public void Interrupted_it_gives_what_was_measured_and_names_the_rest()
    {
        var network = Network();
        var whole = NetworkInspection.Of(network, ["all"], 40, 1, TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        // The forecast is said before anything is measured; what looks at the token first is the first measure that takes long.
        var steps = 0;
        var part = NetworkInspection.Of(network, ["all"], 40, 1, stop.Token, new InspectionWatch(_ =>
        {
            if (++steps == 2) stop.CancelAfter(TimeSpan.FromMilliseconds(5));
        }, static _ => { }, 1e9));
        foreach (var measured in part.Measures)
            whole.Measures.Contains(measured).ShouldBeTrue($"{measured.Column} = {measured.Value}");
        if (!part.IsInterrupted) return;                                            // all was measured within 5 ms
        part.NotMeasured.ShouldContain(static m => m.Why == "interrupted");
        ((bool)part.ToJson()["interrupted"]!).ShouldBeTrue();
    }
}
