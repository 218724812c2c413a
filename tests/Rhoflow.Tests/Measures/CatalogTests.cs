using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures;

/// <summary>
/// Every measure on every kind of network: as many values as columns, rows of the length that was promised, or a sentence why not.
/// </summary>
public class CatalogTests
{
    private static readonly string[] s_families =
        ["loss", "norms", "margins", "direction", "normalized-loss", "equilibrium", "limits", "curvature", "spectra"];

    public static TheoryData<string> Cases => new("linear", "relu", "deep linear", "power", "convolutional", "normalized", "inhomogeneous",
        "regression", "one example", "dead layer", "all wrong", "one class");

    private static MeasureInput Case(string name)
    {
        MeasureInput Binary(Network network, Dataset data, Loss? loss = null) =>
            Observations.At(network, loss ?? Loss.Logistic, data, Initialization.Kaiming(network, new RandomStream(5)), test: data);
        MeasureInput Classes(Network network, Loss loss, int seed)
        {
            var data = Observations.Classes(seed, 14, network.Inputs, 3);
            return Observations.At(network, loss, data, Initialization.Kaiming(network, new RandomStream(6)),
                Observations.Statistics(network, seed), test: data);
        }
        var separable = Problems.Separable(1, 11, 3, .2);
        switch (name)
        {
            case "linear": return Binary(Network.Dense(3, 1), separable);
            case "relu": return Binary(Network.Dense(3, 5, 4, 1), separable);
            case "deep linear": return Binary(Network.Linear(3, 4, 2, 1), separable, Loss.Exponential);
            case "power": return Binary(Network.Dense(3, Activation.Power(2), 4, 1), separable);
            case "convolutional": return Classes(Observations.Convolutional(3), Loss.CrossEntropy, 2);
            case "normalized": return Classes(Observations.Normalized(3), Loss.Square, 3);
            case "inhomogeneous": return Classes(Observations.Inhomogeneous(3), Loss.CrossEntropy, 4);
            case "regression":
                return Binary(Network.Dense(3, 4, 1),
                new Dataset("numbers", Problems.Normal(new Random(3), 15), Problems.Normal(new Random(4), 5), 3), Loss.Square);
            case "one example": return Binary(Network.Dense(3, 4, 1), separable.Choose([2]));
            case "all wrong":
                var network = Network.Dense(3, 1);
                var wrong = Problems.Separable(7, 9, 3, .5);
                return Observations.At(network, Loss.Exponential, wrong,
                    [.. Rhoflow.Limits.HardMargin.Solve(wrong).Direction.ToArray().Select(static w => -w)], test: wrong);
            case "one class": return Binary(Network.Dense(3, 4, 1), separable.WithTargets([.. Enumerable.Repeat(1.0, 11)]));
            default:
                var dead = Network.Dense(3, 4, 1);
                var theta = Initialization.Kaiming(dead, new RandomStream(7));
                dead.Layers[1].Of(theta).Clear();
                return Observations.At(dead, Loss.Square, separable, theta, test: separable);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_measure_gives_what_it_promises_or_says_why_not(string name)
    {
        var input = Case(name) is var bare ? bare with { History = Observations.Start(bare.Snapshot) } : null;
        var setting = input.Setting;
        var columns = new HashSet<string>();
        foreach (var measure in MeasureCatalog.All.Where(static m => s_families.Contains(m.Family)))
        {
            if (measure.Refuse(setting) is { } why)
            {
                why.Length.ShouldBeGreaterThan(15, measure.Name);
                continue;
            }
            var names = measure.Columns(setting);
            // Raw norms have no columns of their own where nothing is folded into the weights: rho_k is ‖W_k‖ then.
            if (measure.Name.Contains("_raw", StringComparison.Ordinal) && setting.Network.StatisticsCount == 0) names.ShouldBeEmpty();
            else names.ShouldNotBeEmpty(measure.Name);
            foreach (var column in names) columns.Add(column).ShouldBeTrue(column);
            measure.Values(input).Length.ShouldBe(names.Length, measure.Name);
            foreach (var array in measure.Arrays) array.Values(input).Length.ShouldBe(array.Length(setting), array.Name);
            (measure.Formula.Length * measure.Reference.Length * measure.Cost.Length).ShouldBeGreaterThan(0, measure.Name);
            // Without passes, features, test data and history there is nothing to say, and no exception.
            var alone = new MeasureInput(setting, input.Snapshot);
            measure.Values(alone).Length.ShouldBe(names.Length, measure.Name);
            foreach (var array in measure.Arrays) array.Values(alone).Length.ShouldBe(array.Length(setting), array.Name);
        }
        input.Passes!.Dispose();
    }

    [Theory]
    [InlineData("regression", "margins", "margin_min", "no margins")]
    [InlineData("regression", "normalized-loss", "normalized_cross_entropy", "needs classes")]
    [InlineData("regression", "limits", "max_margin_kkt", "no margins")]
    [InlineData("inhomogeneous", "limits", "max_margin_kkt", "degree 2 and 0")]
    [InlineData("inhomogeneous", "equilibrium", "direction_equilibrium", "different layers")]
    [InlineData("linear", "norms", "balance", "no neighbour")]
    [InlineData("normalized", "limits", "max_margin_kkt", "running statistics")]
    [InlineData("normalized", "norms", "unit_balance", "batch normalization")]
    [InlineData("relu", "norms", "matrix_balance", "ReLU")]
    [InlineData("relu", "equilibrium", "rho_equilibrium", "square loss")]
    [InlineData("convolutional", "norms", "matrix_balance", "full matrices")]
    public void Refusals_name_the_reason(string network, string family, string measure, string reason)
    {
        var input = Case(network);
        Observations.Measure(family, measure).Refuse(input.Setting).ShouldNotBeNull().ShouldContain(reason);
        input.Passes!.Dispose();
    }

    // No weights at all in one layer: f = 0 and no direction. The numbers that rest on them are missing, not zero.
    [Fact]
    public void A_dead_layer_has_no_direction()
    {
        var input = Case("dead layer");
        input.Column("log10_rho").ShouldBe(double.NegativeInfinity);
        input.Column("gradient_alignment_2").ShouldBe(double.NaN);
        input.Column("v_residual_1").ShouldBe(double.NaN);
        input.Column("spectral_margin_min").ShouldBe(double.NaN);
        input.Column("kkt_epsilon").ShouldBe(double.NaN);
        input.Column("margin_min").ShouldBe(0);
        input.Column("support_multiplicity").ShouldBe(11);
        input.Column("average_separability").ShouldBe(0);
        input.Passes!.Dispose();
    }

    [Fact]
    public void Nobody_supports_what_is_misclassified()
    {
        var input = Case("all wrong");
        input.Column("train_error").ShouldBe(1);
        input.Column("support_count").ShouldBe(0);
        input.Column("kkt_epsilon").ShouldBe(double.NaN);
        input.Column("margin_q90").ShouldBeLessThan(0);
        input.Column("log10_exp_rho1000").ShouldBe(-1000 * input.Column("margin_min") / Math.Log(10) - Math.Log10(9), 0.5);
        input.Passes!.Dispose();
    }

    // ρ of the order 1e400 has a logarithm only; everything that is not ρ itself stays finite.
    [Fact]
    public void Norms_beyond_a_double_leave_the_rest_finite()
    {
        var network = Network.Dense(3, 2, 1);
        var data = Problems.Separable(2, 6, 3, .3);
        using var passes = Observations.Passes(network, Loss.Square, data, Initialization.Kaiming(network, new RandomStream(9)));
        var s = Observations.Snap(passes);
        var far = new Snapshot(network, [1e200, 1e200], s.VArray, 400 * Math.Log(10), s.OutputsArray, s.TargetsArray, 100, 0);
        var input = new MeasureInput(new MeasureSetting(network, Loss.Square, data), far) { History = Observations.Start(s) };
        input.Column("log10_rho").ShouldBe(400, 1e-12);
        input.Column("rho").ShouldBe(double.PositiveInfinity);
        input.Column("rho_residual").ShouldBe(1, 1e-12);
        input.Column("rho_equilibrium").ShouldBe(Vectors.Dot(s.Outputs, s.Targets) / Vectors.Dot(s.Outputs, s.Outputs), 1e-12);
        input.Column("start_distance_relative_1").ShouldBe(1e200 / s.RhoK[0], 1e186);
        input.Column("step_angle_1").ShouldBe(0);
        input.Column("spectral_margin_min").ShouldBeInRange(double.MinValue, double.MaxValue);
    }
}
