using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.SetUps;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What a figure shows of a flow is what the command gives that stands beside it in the report.</summary>
public sealed class FlowRunTests
{
    // One store for the class: the trajectories are integrated once, as in `reproduce`.
    private static readonly StudyContext Context = new();

    /// <summary>Every figure whose config has a flow.</summary>
    public static TheoryData<string> FlowFigures =>
        [.. PapersCatalog.Figures.Where(f => FigureCommands.Has("flow:", f.Config)).Select(f => f.Id)];

    [Theory]
    [MemberData(nameof(FlowFigures))]
    public void The_commands_of_a_figure_give_what_it_draws(string id)
    {
        var figure = PapersCatalog.Figures.Single(f => f.Id == id);
        var runs = figure.Runs.ShouldNotBeNull(id)();
        runs.ShouldNotBeEmpty();
        var seen = new HashSet<double>();
        foreach (var run in runs.Cast<FlowRun>())
        {
            var typed = FigureCommands.Typed(run.Command).Single();
            var folder = Directory.CreateTempSubdirectory("rhoflow-flow-run-");
            try
            {
                // As `./rhoflow run` does it: a folder with metrics.csv, whose rows are the figure's observations.
                var launcher = new RunLauncher(folder.FullName, Resume: false, ["run"]);
                var outcome = launcher.Launch(typed);
                outcome.Status.ShouldBe(RunStatus.Finished, outcome.Error);
                var (columns, rows) = MetricsFile.Read(outcome.Folder.File("metrics.csv"));
                double[] Column(string name) => [.. rows.Select(r => r[Array.IndexOf(columns, name)])];
                var points = run.Points(Context);
                points.Count.ShouldBe(rows.Count, run.Command);
                Column("log10_t").ShouldBe([.. points.Select(p => p.Log10T)], run.Command);
                Column("log10_loss").ShouldBe([.. points.Select(p => p.LogLoss / Math.Log(10))], run.Command);
                Column("rho").ShouldBe([.. points.Select(p => p.Rho)], run.Command);
                seen.UnionWith(points.Select(p => p.Log10T));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
        // What is measured over the whole range of t is drawn at observed instants and no others.
        foreach (var panel in figure.Build(Context).Panels.Where(p => p.X is { Title: "t", Scale: Scale.Exponent }))
            foreach (var line in panel.Series.Where(s => s.Mark == SeriesMark.Line))
                line.X.ShouldAllBe(x => seen.Contains(x), $"{id}: {panel.Title}, {line.Name}");
    }

    [Fact]
    public void Two_runs_of_the_same_words_are_one()
    {
        FlowRun first = new("theory-iii/figure-02", "flow.kind=reparametrized"), second =
            new FlowRun("theory-iii/figure-02").With("flow.kind=reparametrized");
        first.ShouldBe(second);
        first.GetHashCode().ShouldBe(second.GetHashCode());
        first.Points(Context).ShouldBeSameAs(second.Points(Context));
        first.Equals(new FlowRun("theory-iii/figure-02")).ShouldBeFalse();
        first.With("init.weights=[[[0.5, 1e-300]]]").Command
            .ShouldBe("./rhoflow run papers/theory-iii/figure-02.yaml flow.kind=reparametrized 'init.weights=[[[0.5, 1e-300]]]'");
    }
}
