using Rhoflow.Lab.Experiments;
using Rhoflow.Papers.Catalog;
using Rhoflow.Papers.SetUps;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Papers;

/// <summary>What a figure trains is what the commands train that stand beside it in the report: the same runs, by their ids.</summary>
public sealed class TrainingSweepTests
{
    /// <summary>Every figure whose config trains.</summary>
    public static TheoryData<string> TrainingFigures =>
        [.. PapersCatalog.Figures.Where(static f => FigureCommands.Has("descent:", f.Config)).Select(static f => f.Id)];

    [Theory]
    [MemberData(nameof(TrainingFigures))]
    public void The_commands_of_a_figure_are_its_runs(string id)
    {
        var figure = PapersCatalog.Figures.Single(f => f.Id == id);
        var sweeps = figure.Runs.ShouldNotBeNull(id)().Cast<TrainingSweep>().ToArray();
        sweeps.ShouldNotBeEmpty();
        sweeps.Distinct().Count().ShouldBe(sweeps.Length);
        foreach (var sweep in sweeps) Ids(FigureCommands.Typed(sweep.Command)).ShouldBe(Ids(sweep.Experiments()), sweep.Command);
        // What full size trains is trained by commands: by all with the config of the figure itself, and by others that it shows beside.
        if (figure.FullRuns is { } full)
        {
            string[] trained = Ids(full());
            trained.ShouldBeUnique();
            trained.ShouldBeSubsetOf(Ids(sweeps.SelectMany(static s => FigureCommands.Typed(s.Command))));
            Ids(sweeps.Where(s => figure.Config.EndsWith($"{s.Config}.yaml", StringComparison.Ordinal))
                .SelectMany(static s => FigureCommands.Typed(s.Command))).ShouldBeSubsetOf(trained);
        }
    }

    [Fact]
    public void Other_figures_name_no_runs() =>
        PapersCatalog.Figures.Where(static f => !FigureCommands.Has("descent:", f.Config) && !FigureCommands.Has("flow:", f.Config))
            .ShouldAllBe(static f => f.Runs == null);

    // Figures ask for runs by their sweeps and nothing else, so what is drawn can be found under the ids above.
    [Fact]
    public void A_sweep_of_the_same_words_is_the_same()
    {
        TrainingSweep one = new("schedules/deep", "descent.learning-rate=1", "seed=0..4"), same =
            new("schedules/deep", "descent.learning-rate=1", "seed=0..4");
        one.ShouldBe(same);
        one.GetHashCode().ShouldBe(same.GetHashCode());
        one.Equals(new TrainingSweep("schedules/deep", "seed=0..4")).ShouldBeFalse();
        one.Command.ShouldBe("./rhoflow run -m papers/schedules/deep.yaml descent.learning-rate=1 seed=0..4");
        one.Experiments().Count.ShouldBe(5);
        new TrainingSweep("schedules/deep", "descent.rho={schedule: 2 + 0.1*step}").Command
            .ShouldBe("./rhoflow run papers/schedules/deep.yaml 'descent.rho={schedule: 2 + 0.1*step}'");
    }

    private static string[] Ids(IEnumerable<Experiment> experiments) => [.. experiments.Select(static e => RunIdentity.Id(e))];
}
