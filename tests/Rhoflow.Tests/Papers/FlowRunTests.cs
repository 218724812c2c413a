using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Figures;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.SetUps;
using Rhoflow.Papers.TheoryIII;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What a figure shows of a flow is what the command gives that stands beside it in the report.</summary>
public sealed class FlowRunTests
{
    // One store for the class: the trajectories are integrated once, as in `reproduce`.
    private static readonly StudyContext Context = new();

    private static readonly string Root = Folder(AppContext.BaseDirectory);

    /// <summary>Every figure whose config has a flow.</summary>
    public static TheoryData<string> FlowFigures => [.. PapersCatalog.Figures.Where(f => HasFlow(f.Config)).Select(f => f.Id)];

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
            var typed = Typed(run.Command);
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
    public void Figures_without_a_flow_name_no_runs() =>
        PapersCatalog.Figures.Where(f => !HasFlow(f.Config)).ShouldAllBe(f => f.Runs == null);

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

    // The config has the numbers after the reflection; they are recomputed from the measured flower.
    [Fact]
    public void The_flower_of_figure_4_is_turned_onto_the_first_axis()
    {
        var (data, start) = OneFlower.TurnedFlower;
        OneFlower.Raw.GradientDescent.Data.X.ToArray().ShouldBe(data.X.ToArray());
        OneFlower.Raw.Start.ShouldBe(start);
        OneFlower.Raw.Gamma.ShouldBe(Math.Sqrt(5.1 * 5.1 + 3.5 * 3.5 + 1.4 * 1.4 + .2 * .2), 1e-14);
        // ⟨w, x⟩ and ‖w‖ are those of the unturned coordinates.
        (OneFlower.Raw.Gamma * start[0]).ShouldBe(.3 * 5.1 - .2 * 3.5 + .1 * 1.4 + .4 * .2, 1e-14);
        Math.Sqrt(start.Sum(w => w * w)).ShouldBe(Math.Sqrt(.3 * .3 + .2 * .2 + .1 * .1 + .4 * .4), 1e-15);
    }

    [Fact]
    public void Set_ups_in_words_take_their_numbers_from_the_configs()
    {
        IrisFlows.Words.ShouldBe("Iris, setosa against the rest, one linear unit, L = Σ e^{−y w·x}; gradient descent from w(0) = (.3, "
            + "−.2, .1, .4), weight normalization from ρ = 0.5 and v ∝ (.3, .5, −.7, −.2); flows to t = 1e300 in log t, relative "
            + "tolerance 1e-11");
        TwoWeights.Words.ShouldBe("linear unit with 2 weights, z = (1, .5) and (.4, 1.2), w(0) = (.3, −.1), L = Σ e^{−w·z}, "
            + "DOP853/Radau in log t with relative tolerance 1e-12");
        NormGrowth.Words.ShouldBe("scalar equations 61 of K layers, f̃ = 1, ρ_k(0) = 0.8, L = e^{−ρf̃}");
        OneFlower.Words.ShouldBe("first setosa of Iris, x = (5.1, 3.5, 1.4, 0.2) with γ = ‖x‖ = 6.345, and the same scaled to γ = 1; "
            + "w(0) = (.3, −.2, .1, .4), coordinates turned so that x lies along the first axis; relative tolerance 1e-11, absolute "
            + "1e-300");
        ScheduledNorm.Words.ShouldBe("Iris, setosa against the rest, v̇ = ρ Σ e^{−ρv·z}(I − vvᵀ)z with ρ(t) = log t, log log t, 1/log "
            + "t, e^t, from v ∝ (.3, .5, −.7, −.2) at t = 3 to 1e8, Radau, relative tolerance 1e-8");
    }

    // The words after `./rhoflow run`, read as the command reads them: the file from the root of the project, and the overrides.
    private static Experiment Typed(string command)
    {
        command.ShouldStartWith("./rhoflow run papers/");
        string[] words = [.. Words(command).Skip(2)];
        return Experiment.Load(Path.Combine(Root, words[0]), Overrides.Expand(words[1..], sweep: false)[0]);
    }

    private static IEnumerable<string> Words(string command)
    {
        for (var i = 0; i < command.Length;)
        {
            var quoted = command[i] == '\'';
            var end = command.IndexOf(quoted ? '\'' : ' ', i + 1);
            if (end < 0) end = command.Length;
            yield return command[(quoted ? i + 1 : i)..end];
            i = end + (quoted ? 2 : 1);
        }
    }

    private static bool HasFlow(string config) =>
        File.ReadLines(Path.Combine(Root, config)).Any(l => l.StartsWith("flow:", StringComparison.Ordinal));

    private static string Folder(string from)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Rhoflow.slnx"))) return at.FullName;
        throw new InvalidOperationException($"no Rhoflow.slnx above {from}");
    }
}
