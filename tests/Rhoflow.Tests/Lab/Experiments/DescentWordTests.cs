using Rhoflow.Descents;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Tests.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

/// <summary>The words of `descent`: each list has all of what the library knows, and each word is read and written back.</summary>
public sealed class DescentWordTests
{
    public static TheoryData<string, string> Words => new()
    {
        { "gd", "descent.momentum=0" },
        { "sgd", "descent.batch=7" },
        { "langevin", "descent.momentum=0 descent.temperature=0.1" },
    };

    [Theory]
    [MemberData(nameof(Words))]
    public void Kinds(string kind, string keys)
    {
        DescentKind.All.Select(static k => k.Name).ShouldContain(kind);
        Words.Count.ShouldBe(DescentKind.All.Count);
        var descent = Same([$"descent.kind={kind}", .. DescentRunTests.Split(keys)]);
        descent.Kind.Name.ShouldBe(kind);
        descent.Batch.ShouldBe(kind == "gd" ? 0 : kind == "sgd" ? 7 : 64);
    }

    [Fact]
    public void Normalizations()
    {
        foreach (var kind in NormalizationKind.All)
        {
            var descent = Same([$"descent.normalization={kind}"]);
            descent.Normalization.ShouldBeSameAs(kind);
            descent.Rho.Kind.ShouldBe(kind == NormalizationKind.Weight ? RhoKind.Trained : RhoKind.Constant);
        }
        NormalizationKind.All.SelectMany(static k => new[] { k.Build(false), k.Build(true) }).Distinct().Order()
            .ShouldBe(Enum.GetValues<Normalization>().Order());
    }

    [Fact]
    public void Schedules_and_norms()
    {
        foreach (var (given, kind) in new (string, RateKind)[] { ("constant", RateKind.Constant), ("{step: {at: 3}}", RateKind.Step),
            ("cosine", RateKind.Cosine), ("loss-based", RateKind.LossBased), ("adaptive", RateKind.Adaptive),
            ("normalized", RateKind.Normalized) })
            Same([$"descent.schedule={given}"]).Schedule.Kind.ShouldBeSameAs(kind);
        foreach (var (given, kind) in new (string, RhoKind)[] { ("constant", RhoKind.Constant), ("trained", RhoKind.Trained),
            ("{schedule: 1 + t}", RhoKind.Scheduled), ("{rescale: {every: 2, factor: 3}}", RhoKind.Rescaled) })
            Same(["descent.normalization=tangent", $"descent.rho={given}"]).Rho.Kind.ShouldBeSameAs(kind);
        RateKind.All.Select(static k => k.Scale).Distinct().Count().ShouldBe(Enum.GetValues<StepScale>().Length);
        LabelNoiseConfig.Words.Select(static w => w.Kind).Order().ShouldBe(Enum.GetValues<LabelNoiseKind>().Order());
        PerturbationConfig.Words.Select(static w => w.Scale).Order().ShouldBe(Enum.GetValues<PerturbationScale>().Order());
    }

    private static DescentConfig Same(params string[] overrides)
    {
        var experiment = Trainings.Read(overrides);
        Experiment.Read(ConfigSource.Parse(experiment.ToYaml())).ToYaml().ShouldBe(experiment.ToYaml());
        return experiment.Descent;
    }
}
