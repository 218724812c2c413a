using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.DescentRuns;

/// <summary>observe.gradients, curvature, features and curvature-examples decide what is measured when, and on what.</summary>
public class DetailTests
{
    private static (string[] Columns, IReadOnlyList<double[]> Rows) Measured(params string[] overrides)
    {
        using var folder = new TemporaryFolder();
        var experiment = Trainings.Read(
            [.. overrides, "network.layers=[{dense: 6}, relu, {dense: 10}]", "descent.epochs=4", "data.train=64"]);
        var run = new RunLauncher(folder.Path, Resume: false, []).Launch(experiment, cancellation: TestContext.Current.CancellationToken);
        run.Error.ShouldBeNull();
        return MetricsFile.Read(run.Folder.File("metrics.csv"));
    }

    private static bool[] Finite((string[] Columns, IReadOnlyList<double[]> Rows) metrics, string column) =>
        [.. metrics.Rows.Select(r => double.IsFinite(r[Array.IndexOf(metrics.Columns, column)]))];

    [Fact]
    public void Gradients_are_measured_at_both_ends_or_always()
    {
        Finite(Measured("observe.measures=equilibrium"), "example_residual_mean_1").ShouldBe([true, false, true]);
        Finite(Measured("observe.measures=equilibrium", "observe.gradients=always"), "example_residual_mean_1")
            .ShouldBe([true, true, true]);
    }

    [Fact]
    public void A_measure_named_alone_gives_the_numbers_of_its_family_and_takes_none_of_the_others()
    {
        var (columns, rows) = Measured("observe.measures=[norms/start_distance, margins, margins/margin_min, norms/rho_k]");
        var whole = Measured("observe.measures=[norms, margins]");
        foreach (var column in new[] { "rho_1", "start_distance_2", "margin_min", "support_first" })
        {
            rows.Select(r => r[Array.IndexOf(columns, column)])
                .ShouldBe(whole.Rows.Select(r => r[Array.IndexOf(whole.Columns, column)]));
            rows[^1][Array.IndexOf(columns, column)].ShouldNotBe(double.NaN);
        }
        columns.ShouldNotContain("balance_1");
        // Every table has ρ; it is not measured here.
        Finite((columns, rows), "rho").ShouldBe([false, false, false]);
        Trainings.Read(["observe.measures=[norms/rho_k, margins, margins/margin_min, loss/train_error]"]).Observe.Measures
            .ShouldBe(["margins", "loss/train_error", "norms/rho_k"]);
    }

    [Fact]
    public void Curvature_is_that_of_the_chosen_number_of_examples()
    {
        var some = Measured("observe.measures=curvature", "observe.curvature-examples=20");
        var all = Measured("observe.measures=curvature", "observe.curvature-examples=2000");
        Finite(some, "hessian_top").ShouldBe([true, false, true]);
        some.Columns.ShouldBe(all.Columns);
        var column = Array.IndexOf(all.Columns, "hessian_top");
        some.Rows[0][column].ShouldNotBe(all.Rows[0][column]);
        // As many as there are, or more, is all of them.
        Measured("observe.measures=curvature", "observe.curvature-examples=64").Rows[0][column].ShouldBe(all.Rows[0][column]);
        Finite(Measured("observe.measures=curvature", "observe.curvature=always", "observe.curvature-examples=20"), "hessian_top")
            .ShouldBe([true, true, true]);
    }

    [Fact]
    public void Features_are_those_of_the_layers_that_are_named()
    {
        var last = Measured("observe.measures=collapse");
        var all = Measured("observe.measures=collapse", "observe.features=all");
        var first = Measured("observe.measures=collapse", "observe.features=[1]");
        all.Columns.Length.ShouldBeGreaterThan(last.Columns.Length);
        first.Columns.ShouldNotBe(last.Columns);
        Should.Throw<ConfigException>(() => PreparedDescent.From(Trainings.Read("observe.features=[4]"))).Message.ShouldContain(
            "observe.features: layer 4 is asked for; the network has layers 1 to 2");
    }
}
