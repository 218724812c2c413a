using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Losses;
using Rhoflow.Measures;
using Rhoflow.Measures.Collapse;
using Rhoflow.Measures.Structure;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Observations;
using Rhoflow.Tests.Limits;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Measures;

/// <summary>The families collapse and structure as runs see them: columns, values and refusals.</summary>
public class CollapseAndStructureFamiliesTests
{
    private static readonly Network s_image =
        new NetworkBuilder(new TensorShape(6, 6, 1)).Convolution(4, 3, 1, 1).BatchNorm().Then(Activation.ReLU).Convolution(4, 3, 2, 1)
        .Then(Activation.ReLU).Flatten().Dense(6).Then(Activation.ReLU).Dense(3).Build();

    private static Dataset Data(Network network, int count, int seed, params double[] classes)
    {
        var random = new Random(seed);
        double[] y = [.. Enumerable.Range(0, count).Select(n => classes[n % classes.Length])];
        double[] x = [.. y.SelectMany(c => Problems.Normal(random, network.Inputs).Select(v => v + 0.3 * c))];
        return Dataset.Of("drawn", x, y, network.Inputs, shape: network.Input.IsVector ? null : network.Input);
    }

    private static (MeasureInput Input, double[] Theta, Linearization Train, Linearization? Test) Observe(MeasureSetting setting,
        double[]? theta = null)
    {
        var network = setting.Network;
        theta ??= Initialization.Kaiming(network, new RandomStream(3));
        Linearization On(Dataset data) =>
            Linearization.Of<double>(network, setting.Loss!, data, Reduction.Mean, theta, network.StartStatistics(), 1);
        var (train, test) = (On(setting.Train!), setting.Test is null ? null : On(setting.Test));
        double[] v = [.. theta], rhoK = new double[network.Depth];
        for (var k = 0; k < rhoK.Length; k++)
        {
            rhoK[k] = Vectors.Norm(network.Layers[k].Of(v));
            Vectors.Scale(1 / rhoK[k], network.Layers[k].Of(v), network.Layers[k].Of(v));
        }
        var point = new Snapshot(network, rhoK, v, rhoK.Sum(Math.Log), train.Outputs.ToArray(), setting.Train!.Y.ToArray(),
            train.Value.LogLoss, 0);
        return (new MeasureInput(setting, point)
        {
            Test = test is null ? null : new Rhoflow.Observations.TestResult(test.Outputs.ToArray(), setting.Test!.Y.ToArray(),
                network.Outputs, test.Value.LogLoss),
            Features = train.Features,
            TestFeatures = k => test?.Features(k),
        }, theta, train, test);
    }

    private static Dictionary<string, double> Read(IEnumerable<Measure> measures, MeasureInput input)
    {
        var row = new Dictionary<string, double>();
        foreach (var measure in measures.Where(m => m.Refuse(input.Setting) is null))
        {
            var (names, values) = (measure.Columns(input.Setting), measure.Values(input));
            values.Length.ShouldBe(names.Length, measure.Name);
            for (var i = 0; i < names.Length; i++) row.Add(names[i], values[i]);
            foreach (var array in measure.Arrays) array.Values(input).Length.ShouldBe(array.Length(input.Setting));
        }
        return row;
    }

    [Fact]
    public void Collapse_columns_are_the_librarys_numbers()
    {
        var setting = new MeasureSetting(s_image, Loss.Square, Data(s_image, 40, 1, 0, 1, 2),
            Data(s_image, 25, 2, 0, 1, 2))
        { FeatureLayers = [2, 4], WeightDecay = 0.01 };
        var (input, theta, train, test) = Observe(setting);
        var row = Read(CollapseMeasures.All, input);
        var w = s_image.Layers[3].Of(theta).ToArray();
        var labels = ClassLabels.OfTargets(setting.Train!.Y, 3);
        var last = NeuralCollapse.Of(train.Features(4), labels, w);
        row["nc1_pinv"].ShouldBe(last.Within.PapyanHanDonoho);
        row["nc1_ufm"].ShouldBe(last.Within.Zhu);
        row["nc2_etf"].ShouldBe(last.Means.Distance);
        row["nc2_w_equinorm"].ShouldBe(last.Classifier!.Equinorm, 1e-14);
        row["nc3_etf"].ShouldBe(last.Duality!.FrameDistance, 1e-13);
        row["nc4_disagreement"].ShouldBe(last.Centers.Disagreement);
        row["nc1_cdnv_2"].ShouldBe(NeuralCollapse.Of(train.Features(2), labels).Within.ClassDistance);
        var tested = NeuralCollapse.Of(test!.Features(4), ClassLabels.OfTargets(setting.Test!.Y, 3), w, training: last.ClassMeans);
        row["test_nc1_trace_ratio"].ShouldBe(tested.Within.TraceRatio);
        row["test_ncc_error"].ShouldBe(tested.Centers.Error);
        row["test_nc4_disagreement"].ShouldBe(tested.Centers.Disagreement);
        (row["path_nc1"] + row["path_nc23"] + row["path_off"]).ShouldBe(Math.Exp(train.Value.LogLoss) + 0.01 * Vectors.Dot(w, w), 1e-10);
        using var team = new Team(1);
        row["mean_alignment"].ShouldBe(MeanAlignment.Of(
            new BetweenScatter(ClassMeans.Of(train.Features(4), labels, team).Centered(), 3), w, 3), 1e-12);
        row.ShouldNotContainKey("mean_alignment_2", "of a convolution");
        row.ShouldNotContainKey("nc2_cosine_uncentred");
        row.ShouldNotContainKey("nc3_distance_2");
        row.Values.ShouldAllBe(static v => double.IsFinite(v));
    }

    [Fact]
    public void One_output_has_the_binary_columns()
    {
        var network = Network.Dense(5, 7, 1);
        var setting = new MeasureSetting(network, Loss.Square, Data(network, 20, 1, 1, -1));
        var (input, theta, train, _) = Observe(setting);
        var row = Read(CollapseMeasures.All, input);
        var collapse = NeuralCollapse.Of(train.Features(2), ClassLabels.OfTargets(setting.Train!.Y, 1), network.Layers[1].Of(theta));
        row["nc3_cosine"].ShouldBe(collapse.Duality!.Cosine, 1e-14);
        row["nc2_cosine_uncentred"].ShouldBe(collapse.MeanCosine);
        row["nc4_disagreement"].ShouldBe(collapse.Centers.Disagreement);
        (row["path_nc1"] + row["path_nc23"] + row["path_off"]).ShouldBe(Math.Exp(train.Value.LogLoss), 1e-10);
        row.Keys.ShouldNotContain(static k => k.StartsWith("nc2_w", StringComparison.Ordinal) || k == "nc3_etf");
    }

    [Fact]
    public void Structure_columns_are_the_librarys_numbers()
    {
        var (input, theta, _, _) = Observe(new MeasureSetting(s_image, Loss.CrossEntropy, Data(s_image, 6, 1, 0, 1, 2)));
        var row = Read(StructureMeasures.All, input);
        using var team = new Team();
        var second = s_image.Layers[1].Of(theta).ToArray();
        var shape = StructureMeasures.Shape(s_image, 1)!;
        shape.ShouldBe(new ConvolutionShape(6, 6, 4, 4, 3, 3, 2, 1));
        row["spectral_2"].ShouldBe(SingularSpectrum.Of(second, 4, 36).SpectralNorm, 1e-12);
        row["operator_norm_2"].ShouldBe(ConvolutionNorm.ZeroPadded(shape, second, team).Value, 1e-10);
        row["circular_norm_2"].ShouldBe(new CircularConvolution(shape, second).Norm(team).Value, 1e-10);
        row["rank_stable_4"].ShouldBe(SingularSpectrum.Of(s_image.Layers[3], theta).StableRank, 1e-12);
        row["alignment_3"].ShouldBe(LayerAlignment.Of(s_image, theta, 2, 1).Leading, 1e-9);
        row.ShouldNotContainKey("operator_norm_3");
        row.Values.ShouldAllBe(static v => double.IsFinite(v));
        var spectrum = StructureMeasures.All[0].Arrays[0].Values(input);
        spectrum.Length.ShouldBe(4 + 4 + 6 + 3);
        spectrum[4].ShouldBe(row["spectral_2"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Active_units_are_the_signs_of_what_enters_the_ReLUs(int seed)
    {
        // One unit that is always on, one that never is; x ≥ 0.
        var network = Network.Dense(4, 6, 5, 1);
        var theta = Initialization.Kaiming(network, new RandomStream(seed));
        var first = network.Layers[0].Of(theta);
        for (var j = 0; j < 4; j++) (first[j], first[4 + j]) = (1 + j, -1 - j);
        var random = new Random(seed);
        double[] x = [.. Enumerable.Range(0, 9 * 4).Select(_ => random.NextDouble())];
        double[] y = [.. Enumerable.Range(0, 9).Select(static n => n % 2 * 2 - 1.0)];
        var setting = new MeasureSetting(network, Loss.Square, Dataset.Of("drawn", x, y, 4)) { FeatureLayers = [1, 2, 3] };
        var row = Read([ActiveUnits.Measure], Observe(setting, theta).Input);
        row.ShouldNotContainKey("active_share_1");
        // By hand: z = W_1 x, and W_2 max(0, z).
        var h = Enumerable.Range(0, 9).Select(n => x[(4 * n)..(4 * n + 4)]).ToArray();
        foreach (var k in new[] { 2, 3 })
        {
            var w = network.Layers[k - 2].Of(theta).ToArray();
            double[][] z = [.. h.Select(v => Enumerable.Range(0, network.Layers[k - 2].Rows)
                .Select(i => Vectors.Dot(w.AsSpan(i * v.Length, v.Length), v)).ToArray())];
            var units = z[0].Length;
            bool[][] on = [.. Enumerable.Range(0, units).Select(i => z.Select(v => v[i] > 0).ToArray())];
            row[$"active_share_{k}"].ShouldBe(on.Average(static u => u.Average(static a => a ? 1.0 : 0)), 1e-14);
            row[$"active_always_{k}"].ShouldBe(on.Count(static u => u.All(static a => a)) / (double)units);
            row[$"active_never_{k}"].ShouldBe(on.Count(static u => u.All(static a => !a)) / (double)units);
            h = [.. z.Select(static v => v.Select(static a => Math.Max(0, a)).ToArray())];
        }
        row["active_always_2"].ShouldBeGreaterThanOrEqualTo(1.0 / 6);
        row["active_never_2"].ShouldBeGreaterThanOrEqualTo(1.0 / 6);
        ActiveUnits.Measure.Refuse(setting with { FeatureLayers = [1] })
            .ShouldBe("no layer whose features are kept (observe.features) reads ReLUs");
    }

    [Fact]
    public void A_measure_that_does_not_apply_says_why()
    {
        var network = Network.Dense(3, 4, 1);
        var regression = new MeasureSetting(network, Loss.Square, Data(network, 8, 1, 0.5, 2));
        CollapseMeasures.All.Select(m => m.Refuse(regression)).ShouldAllBe(static r => r == "the targets of 'drawn' are no classes");
        var absent = new MeasureSetting(network, Loss.Square, Data(network, 8, 1, 1));
        CollapseMeasures.All.Select(m => m.Refuse(absent))
            .ShouldAllBe(static r => r == "class 0 has no example in 'drawn', and so no mean");
        var logistic = new MeasureSetting(network, Loss.Logistic, Data(network, 8, 1, 1, -1));
        CollapseMeasures.All.Where(m => m.Refuse(logistic) is not null).ShouldHaveSingleItem().Refuse(logistic)
            .ShouldBe("it is about the square loss; this one is logistic");
        CollapseMeasures.All[0].Refuse(new MeasureSetting(network)).ShouldBe("there is no training set whose features could collapse");
        var several = logistic with { Loss = Loss.Square, WeightDecay = double.NaN };
        CollapseMeasures.All[^1].Refuse(several).ShouldBe("layers have different weight decays");
        var linear = new MeasureSetting(Network.Dense(3, 1));
        string? Why(string name) => StructureMeasures.All.Single(m => m.Name == name).Refuse(linear);
        Why("alignment").ShouldBe("there is one layer, and nothing to align it with");
        Why("projection_distance").ShouldBe("no layer is square");
        Why("operator_norm").ShouldBe("there is no convolution; for other layers it is the spectral norm");
        Why("spectral").ShouldBeNull();
        var odd = new NetworkBuilder(new TensorShape(5, 5, 1)).Convolution(2, 3, 2, 1).Flatten().Dense(2).Build();
        StructureMeasures.All.Single(static m => m.Name == "circular_norm")
            .Refuse(new MeasureSetting(odd))!.ShouldStartWith("an image of 5 × 5 does not close to a torus");
    }
}
