using Rhoflow.Kernels;
using Rhoflow.Lab.Inspection;
using Rhoflow.Lab.Launching;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures;
using Rhoflow.Measures.Catalog;
using Rhoflow.Observations;
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
        NetworkInspection Look(int cancelledAt, out int looks)
        {
            using var stop = new CancellationTokenSource();
            var count = 0;
            CancellationLooks.Looked = () =>
            {
                if (++count == cancelledAt) stop.Cancel();
            };
            try
            {
                return NetworkInspection.Of(network, ["all"], 40, 1, stop.Token);
            }
            finally
            {
                CancellationLooks.Looked = null;
                looks = count;
            }
        }

        Look(int.MaxValue, out var all).IsInterrupted.ShouldBeFalse();
        // Hundreds of products of curvature come after the outputs: half way it is within one of them.
        foreach (var at in new[] { all / 2, all - Random.Shared.Next(1, all / 4) })
        {
            var part = Look(at, out var looks);
            part.IsInterrupted.ShouldBeTrue();
            looks.ShouldBe(at, "it went on after it was interrupted");
            part.Measures.ShouldNotBeEmpty();
            foreach (var measured in part.Measures)
                whole.Measures.Contains(measured).ShouldBeTrue($"{measured.Column} = {measured.Value}");
            part.NotMeasured.ShouldContain(static m => m.Why == "interrupted");
            part.Measures.Count.ShouldBeLessThan(whole.Measures.Count);
            ((bool)part.ToJson()["interrupted"]!).ShouldBeTrue();
        }
    }

    [Fact]
    public void Passes_over_all_examples_are_forecast()
    {
        var network = Network();
        var setting = new MeasureSetting(network.Network, network.Loss, network.Train, network.Test);
        var forecast = MeasureForecast.Of(setting, 40, () => Linearization.Of<double>(network.Network, network.Loss, network.Train,
            network.Reduction, network.Theta, network.Statistics, 1));
        var one = forecast.Outputs(1000);
        one.ShouldBeGreaterThan(0);
        forecast.Outputs(3000).ShouldBe(3 * one, 1e-12 * one);
        double[] Seconds(params string[] names) => [.. forecast.Of(names.Select(static n => MeasureCatalog.All.Single(m => m.Name == n)))
            .Select(static m => m.Seconds)];
        // A forward and a backward pass; the second measure shares both. Through the statistics of batch normalization all is done again.
        var each = Seconds("kkt_residual", "direction_equilibrium", "gradient_alignment");
        each[0].ShouldBe(3 * forecast.Outputs(network.Train.Count), 1e-9 * each[0]);
        each[1].ShouldBe(0);
        each[2].ShouldBe(each[0], 1e-9 * each[0]);
        // Margins at the input need both of some examples, and no outputs of the others.
        Seconds("input_margin")[0].ShouldBe(2 * forecast.Outputs(Math.Min(1000, network.Train.Count)), 1e-9 * each[0]);
    }

    [Fact]
    public void Only_what_is_asked_for_is_timed()
    {
        var network = Network();
        var setting = new MeasureSetting(network.Network, network.Loss, network.Train, network.Test);
        var made = 0;
        MeasureForecast Of(Func<double>? output, params string[] names) => MeasureForecast.Of(setting, 40, () =>
        {
            made++;
            return Linearization.Of<double>(network.Network, network.Loss, network.Train, network.Reduction, network.Theta,
                network.Statistics, 1);
        }, [.. names.Select(static n => MeasureCatalog.All.Single(m => m.Name == n))], output);
        Of(static () => 0.5, "log10_loss", "rho", "nc1").Outputs(10).ShouldBe(5);
        made.ShouldBe(0);
        Of(null, "log10_loss").Outputs(10).ShouldBeGreaterThan(0);
        made.ShouldBe(1);
        foreach (var name in (string[])["kkt_residual", "hessian_ends"])
        {
            var measure = MeasureCatalog.All.Single(m => m.Name == name);
            Of(static () => 0.5, name).Of([measure])[0].Seconds.ShouldBeGreaterThan(0, name);
        }
        made.ShouldBe(3);
    }
}
