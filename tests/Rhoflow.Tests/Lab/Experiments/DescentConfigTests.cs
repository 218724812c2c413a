using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.DescentRuns;
using Rhoflow.Lab.Experiments;
using Rhoflow.Tests.Lab.DescentRuns;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

public sealed class DescentConfigTests
{
    [Theory]
    [InlineData("descent.learning-rate=0", "descent.learning-rate: a number > 0 was expected")]
    [InlineData("descent.momentum=1", "a number in [0, 1) was expected")]
    [InlineData("descent.momentun=0.5", "nearest: momentum")]
    [InlineData("descent.kind=adam", "'adam' is not known")]
    [InlineData("descent.temperature=1", "has a meaning for langevin only")]
    [InlineData("descent.per=row", "normalization: weight only")]
    [InlineData("descent.rho=trained", "a normalization other than none")]
    [InlineData("descent.schedule=step", "needs its epochs")]
    [InlineData("descent.schedule={step: {at: [5, 3]}}", "epochs must increase; 3 follows 5")]
    [InlineData("descent.label-noise={flips: 2}", "the share of flipped labels must be in [0, 1]")]
    [InlineData("descent.label-noise=0.1", "takes labels, not numbers")]
    [InlineData("descent.weight-decay=[1, 2, 3]", "3 weight decays were given for a network of 2 layers")]
    [InlineData("descent.stop={norm: 3}", "allowed: log10-loss, train-error, rho, patience, rest")]
    [InlineData("descent.stop={rest: 0}", "descent.stop.rest: a number > 0 was expected")]
    [InlineData("descent.stop={rest: 0.1} descent.weight-decay=0", "rest is measured in times (1 − μ)/(2ηλ) of weight decay")]
    [InlineData("descent.stop={rest: 0.1} descent.normalization=lagrange", "rest needs norms that are trained")]
    [InlineData("descent.schedule={adaptive: {growth: 0.9}} descent.label-noise=0", "growth must be at least 1; 0.9 was given")]
    [InlineData("descent.schedule={adaptive: {back-off: 1.5}} descent.label-noise=0", "back-off must lie between 0 and 1; 1.5 was given")]
    [InlineData("descent.schedule={adaptive: {window: 0}}", "descent.schedule.adaptive.window: a whole number ≥ 1 was expected")]
    [InlineData("descent.schedule=adaptive", "nothing else changes")]
    [InlineData("descent.stop={rest: 0.1} descent.schedule=loss-based", "rest is measured in the time of steps η∇L")]
    [InlineData("observe.at={every: 10 steps}", "observations lie between epochs")]
    [InlineData("observe.at={t: [1]}", "are instants of a flow")]
    [InlineData("observe.at={epoch: [0, 9]}", "epoch 9 lies after the last")]
    [InlineData("loss={name: cross-entropy, reduction: sum}", "the mean over a minibatch")]
    [InlineData("network.layers=[{conv: {maps: 4, kernel: 30, pad: 0}}]", "network.layers[0]: a convolution with kernel 30 does not fit")]
    [InlineData("network.layers=[{residual: [ {dense: 3} ]}, {dense: 10}]",
        "the branch of a residual connection gives 3, but its input is")]
    [InlineData("network.layers=[{conv: 4}, {batch-norm: {epsilon: -1}}]", "a number ≥ 0 was expected")]
    [InlineData("precision=float16", "'float16' is not known")]
    [InlineData("descent.kind=langevin descent.momentum=0.9 descent.temperature=1", "has no meaning for langevin")]
    [InlineData("descent.rule=adan", "'adan' is not known; nearest: adam")]
    [InlineData("descent.rule=adam",
        "descent.momentum: has a meaning for rule: momentum, muon, sign only; the keys of rule: adam are beta1, ")]
    [InlineData("descent.kind=adam", "descent.kind: 'adam' is not known here; it is a rule: write kind: sgd and rule: adam; allowed: ")]
    [InlineData("descent.rule=sign descent.nesterov=true", "descent.nesterov: has a meaning for rule: momentum, muon only")]
    [InlineData("descent.beta2=0.5", "descent.beta2: has a meaning for rule: adam, adamw")]
    [InlineData("descent.momentum=0 descent.nesterov=true", "descent.nesterov: needs descent.momentum > 0")]
    [InlineData("descent.rule=muon descent.iterations=-1", "descent.iterations: a whole number ≥ 0 was expected")]
    [InlineData("descent.rule=muon descent.iterations=2.5", "descent.iterations: a whole number ≥ 0 was expected")]
    [InlineData("descent.kind=langevin descent.rule=sign descent.momentum=0 descent.temperature=1",
        "descent.rule: has no meaning for langevin")]
    [InlineData("descent={kind: sgd, rule: adam, beta2: 0.5, learning-rate: 0.01, epochs: 9}", "Adam needs 0 ≤ β₁ and β₁² < β₂ < 1")]
    public void Mistakes_are_named(string overrides, string expected) =>
        Should.Throw<ConfigException>(() => PreparedDescent.From(Trainings.Read(DescentRunTests.Split(overrides))))
            .Message.ShouldContain(expected);

    [Theory]
    [InlineData("descent.batch=301", "descent.batch is 301, but data")]
    [InlineData("network.layers=[{dense: 3}]", "class")]
    [InlineData("network.layers=[{dense: 1}]", "choose two with data.classes: [")]
    public void Data_that_do_not_fit_are_named(string overrides, string expected) =>
        Should.Throw<DataException>(() => PreparedDescent.From(Trainings.Read(overrides))).Message.ShouldContain(expected);

    [Theory]
    [InlineData("descent.schedule={step: {at: [2, 4], factor: 0.5}}")]
    [InlineData("descent.schedule={cosine: {final: 0.01}}", "descent.nesterov=true")]
    [InlineData("descent.schedule={adaptive: {growth: 1.05, window: 3}}", "descent.label-noise=0")]
    [InlineData("descent.schedule=adaptive", "descent.label-noise=0")]
    [InlineData("descent.normalization=weight", "descent.per=row")]
    [InlineData("descent.normalization=geodesic", "descent.rho={schedule: 3 + log(1 + step)}")]
    [InlineData("descent.normalization=coefficient", "descent.rho={rescale: {at: [1, 3], factor: 2}}")]
    [InlineData("descent.perturb={every: 2, amplitude: 0.1, relative-to: gradient}",
        "descent.stop={log10-loss: -3, train-error: 0, rho: 1e6, patience: 4, rest: 1e-4}", "descent.weight-decay=0.01")]
    [InlineData("observe.at={log-spaced: 4}", "descent.weight-decay=[0.1, 0]")]
    [InlineData("network.layers=[{conv: {maps: 4, kernel: 5, stride: 2}}, {batch-norm: {affine: true}}, leaky-relu, "
        + "{residual: [ {conv: 4}, relu, {conv: 4} ]}, {max-pool: 2}, "
        + "{residual: [ {conv: 8} ], shortcut: [ {conv: {maps: 8, kernel: 1}} ]}, global-average, flatten, {dense: 10}]",
        "descent.epochs=1")]
    [InlineData("descent.rule=sign", "descent.momentum=0.5")]
    [InlineData("descent.rule=muon", "descent.iterations=4", "descent.polish=2", "descent.nesterov=false", "descent.normalization=weight")]
    [InlineData("network.layers=[{average-pool: {kernel: 3, stride: 2, pad: 1}}, {dense: 4}, {power: 2}, {dense: 10}]",
        "descent.learning-rate=0.001")]
    public void Everything_is_written_back_and_runs(params string[] overrides)
    {
        // All measures are observed where the network is another one; elsewhere what is varied does not change them.
        if (!overrides.Any(static o => o.StartsWith("network.", StringComparison.Ordinal)))
            overrides = [.. overrides, "observe.measures=[loss, norms, margins]"];
        var experiment = Trainings.Read(overrides);
        Experiment.Read(ConfigSource.Parse(experiment.ToYaml())).ToYaml().ShouldBe(experiment.ToYaml());
        using var folder = new TemporaryFolder();
        var outcome = DescentRunTests.Launch(folder, experiment);
        outcome.Error.ShouldBeNull();
    }
}
