using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Experiments;

/// <summary>Every wrong config gets a sentence that names the place, the key, what was given and what is allowed.</summary>
public class ConfigErrorTests
{
    [Theory]
    [InlineData("flow.kidn=fixed-rho", "flow.kidn is not a key here; nearest: kind; allowed: kind, from")]
    [InlineData("flow.kind=weight-normalisation", "flow.kind: 'weight-normalisation' is not known; nearest: weight-normalization")]
    [InlineData("flow.kind=fixed_rho", "nearest: fixed-rho")]
    [InlineData("flow.weight-decay=-1", "flow.weight-decay: a number ≥ 0 was expected; '-1' was given")]
    [InlineData("flow.rho=3", "flow.rho: has no meaning for unconstrained; its own keys: weight-decay")]
    [InlineData("flow={kind: fixed-rho, weight-decay: 0.1}", "flow.weight-decay: has no meaning for fixed-rho; its own keys: rho")]
    [InlineData("flow={kind: fixed-rho, rho: -2}", "a number > 0 was expected")]
    [InlineData("flow={kind: lagrange, rho: 0}", "a number > 0 was expected; '0' was given")]
    [InlineData("flow={kind: lagrange, rho-k: [-1]}", "turn the sign of the weights instead")]
    [InlineData("flow={kind: lagrange, rho-k: 0}", "ρ_k = 0 has no direction")]
    [InlineData("flow={kind: lagrange, rho: 1, rho-k: 1}", "stands beside 'rho'")]
    [InlineData("flow={kind: tangent, p: 0.5}", "a norm needs p ≥ 1")]
    [InlineData("flow={kind: weight-normalization, per: layer}", "'layer' is not known")]
    [InlineData("flow={kind: weight-normalization, per: row, rho: 2}", "has no meaning with per: row")]
    [InlineData("flow={kind: scheduled-rho}", "the key 'rho' is missing (scheduled-rho needs it)")]
    [InlineData("flow={kind: scheduled-rho, rho: log t}", "expression 'log t', character 5: 'log' needs its argument in parentheses")]
    [InlineData("flow={kind: scheduled-rho, rho: log-log-t, from: {t: 2}}",
        "not positive at t = 2; start later than t = 2.718281828459045")]
    [InlineData("flow.until={t: 1, tau: 2}", "flow.until.tau: stands beside 't'; only one of t, log10-t, log10-loss, tau")]
    [InlineData("flow.until={}", "one of the keys t, log10-t, log10-loss, tau is needed")]
    [InlineData("flow.until={t: -5}", "a time ≥ 0 was expected (1e1000 is fine); '-5' was given")]
    [InlineData("flow.until={t: 5}", "observe.at.t[2]: lies after flow.until (t = 5)")]
    [InlineData("flow.tolerance={relative: 0}", "a number > 0 was expected")]
    [InlineData("flow.tolerance={relative: 1e-20}", "between 1e-15 and 1")]
    [InlineData("flow.clock=log", "nearest: log-t")]
    [InlineData("flow.method=dop54", "nearest: dop853")]
    [InlineData("observe.at={t: [5, 1]}", "instants must increase; 1 follows 5")]
    [InlineData("observe.at={t: {from: 5, to: 5, count: 3}}", "observe.at.t.to: a number > 5, the beginning of the range, was expected; "
        + "'5' was given")]
    [InlineData("observe.at={t: [1, {from: 2, to: 5}]}", "observe.at.t[1]: the key 'count' is missing (how many instants, both ends "
        + "included)")]
    [InlineData("observe.at={t: {from: 2, until: 5, count: 3}}", "observe.at.t.until is not a key here")]
    [InlineData("observe.at={log10-t: {from: 2, to: 5, count: 1}}", "observe.at.log10-t.count: a whole number ≥ 2 was expected")]
    [InlineData("observe.at={t: {from: -2, to: 5, count: 3}}", "observe.at.t.from: a number ≥ 0 was expected")]
    [InlineData("observe.at={t: [1], log-spaced: 5}", "only one of t, log10-t, log-spaced can be given")]
    [InlineData("observe.at={every: 10 epochs}", "counts the steps of a descent")]
    [InlineData("observe.at={log-spaced: 10}", "needs flow.until")]
    [InlineData("observe={measures: all}", "neither flow.until nor observe.at")]
    [InlineData("observe.measures=[losses]", "'losses' is not known; nearest: loss")]
    [InlineData("observe.measures=norms/rhok", "'norms/rhok' is not known; nearest: norms/rho, norms/rho_k")]
    [InlineData("observe.measures=[norm/rho]", "'norm' is no family of measures; nearest: norms, normalized-loss; allowed: loss, norms")]
    [InlineData("observe.weights=maybe", "true or false was expected; 'maybe' was given")]
    [InlineData("observe.weights=\"true\"", "true or false was expected; the text \"true\" was given")]
    [InlineData("seed=1.5", "seed: a whole number was expected; '1.5' was given")]
    [InlineData("name=a/b", "'a/b' names the run's folder")]
    [InlineData("name=角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度角度",
        "it may be 100 letters and 255 bytes long; 86 letters in 258 bytes were given")]
    [InlineData("precision=float32", "'float32' is for descents")]
    [InlineData("loss=exp", "'exp' is not known; nearest: exponential; allowed: exponential, logistic, square")]
    [InlineData("loss=cross-entropy", "is not available for flows, whose networks have one output; logistic")]
    [InlineData("loss={name: square, reduction: total}", "'total' is not known; allowed: sum, mean")]
    [InlineData("loss={reduction: sum}", "the key 'name' is missing")]
    [InlineData("network.bias=perhaps", "network.bias: true or false was expected")]
    [InlineData("network.layers=[]", "needs at least one layer")]
    [InlineData("network.layers=[{conv: {kernel: 3}}]", "network.layers[0].conv: the key 'maps' is missing")]
    [InlineData("network.layers=[dropout]", "'dropout' is not here")]
    [InlineData("network.layers=[rleu]", "'rleu' is not known; nearest: relu")]
    [InlineData("network.layers=[dense]", "'dense' needs its width: {dense: 20}")]
    [InlineData("network.layers=[{dense: 0}]", "a whole number ≥ 1 was expected")]
    [InlineData("network.layers=[{dense: 1.5}]", "network.layers[0].dense: a whole number ≥ 1 was expected; '1.5' was given")]
    [InlineData("init.kind=normal", "init.weights: has no meaning for init.kind normal")]
    [InlineData("init={kind: weights}", "the key 'weights' is missing (one matrix per layer, rows = outputs, or a .safetensors file)")]
    [InlineData("init={kind: zeros, frobenius: 1}", "a zero layer has no direction")]
    [InlineData("init.scale=2", "the weights are taken exactly as given")]
    [InlineData("init.weights=w.bin", "'w.bin' is not a .safetensors file")]
    [InlineData("init.weights=[[0.3, -0.1]]", "init.weights[0][0]: a list of numbers (a matrix is a list of rows) was expected; '0.3' "
        + "was given")]
    [InlineData("init.weights=[[[0.3, .nan]]]", "init.weights[0][0][1]: a finite number was expected; '.nan' was given")]
    [InlineData("init.weights=[[[0.3, 1e400]]]", "init.weights[0][0][1]: a finite number was expected; '1e400' was given")]
    [InlineData("data={set: iris, path: a.csv}", "data.path: stands beside 'set'; only one of inline, set, path")]
    [InlineData("data={}", "one of the keys inline, set, path is needed")]
    [InlineData("data={set: irs}", "'irs' is not known; nearest: iris")]
    [InlineData("data={set: digit}", "'digit' is not known; nearest: digits")]
    [InlineData("data={set: iris, inputs: 3}", "data.inputs: is for synthetic sets: gaussian-teacher, gaussian-mixture, xor, two-moons, "
        + "random-sphere")]
    [InlineData("data={set: two-moons, inputs: 3}", "data.inputs: has no meaning for two-moons; its own keys: examples, noise")]
    [InlineData("data={set: xor, inputs: 1}", "data.inputs: a whole number ≥ 2 was expected; '1' was given")]
    [InlineData("data={set: two-moons, noise: -1}", "data.noise: a number ≥ 0 was expected; '-1' was given")]
    [InlineData("data={path: a.txt}", "'a.txt' is not a .csv, .csv.gz, .npy or .npz file, nor a folder of CIFAR-10 or MNIST files")]
    [InlineData("data={set: iris, label-noise: 2}", "data.label-noise: a share between 0 and 1 was expected; '2' was given")]
    [InlineData("data={set: iris, classes: [setosa, virginica, rest]}", "'rest' can stand in a list of two only")]
    [InlineData("data={set: iris, classes: [setosa, Setosa]}", "a class is named twice")]
    [InlineData("data={set: iris, classes: [setosa]}", "two names are needed")]
    [InlineData("data={set: iris, transforms: [centre]}", "'centre' is not known; nearest: center")]
    [InlineData("data.inline.x=[[1, two], [3, 4]]", "data.inline.x[0][1]: a number was expected; 'two' was given")]
    [InlineData("descent={kind: sgd}", "descent: stands beside 'flow'; a run follows one of the two")]
    [InlineData("flow=unconstrained", "flow: a map was expected, with keys kind")]
    [InlineData("flow.kind.x=1", "flow.kind is the value unconstrained, not a map, so it has no key 'x'")]
    [InlineData("network.layers.7=relu", "network.layers is a list of 1; '7' is not one of its places 0 … 0")]
    [InlineData("flow.kind=[", "the value is not YAML")]
    [InlineData("flow.rho", "'flow.rho' is not an override; write key.sub=value")]
    [InlineData("flow..rho=1", "is not a dotted key")]
    [InlineData("flow.rho=1,2,3", "gives 3 values: add -m")]
    [InlineData("seed=0..9", "gives 10 values: add -m")]
    public void Wrong_values(string assignment, string expected) =>
        Should.Throw<ConfigException>(() => Configs.Read(Configs.TwoParameters, assignment)).Message.ShouldContain(expected);

    [Theory]
    [InlineData("data.inline.x=[]", "there is no example")]
    [InlineData("data.inline.x=[[1, 2], [3]]", "data.inline.x[1]: has 1 inputs, but data.inline.x[0] has 2")]
    [InlineData("data.inline.x=[[1, .nan], [3, 4]]", "data.inline.x[0][1]: is '.nan'; every entry of the data must be a finite number")]
    [InlineData("data.inline.y=[1, -.inf]", "data.inline.y[1]: is '-.inf'")]
    [InlineData("data.inline.y=[1]", "1 labels were given for 2 examples")]
    public void Bad_data_is_told_from_a_bad_config(string assignment, string expected) =>
        Should.Throw<DataException>(() => Configs.Read(Configs.TwoParameters, assignment)).Message.ShouldContain(expected);

    [Fact]
    public void Errors_name_file_line_and_column()
    {
        var yaml = "name: a\nflow:\n  kind: unconstrained\n  unitl: {t: 1}\n";
        Message(yaml).ShouldStartWith("two.yaml, line 4, column 3: flow.unitl is not a key here; nearest: until");
        Message("name: a\nnetwork: [1\n").ShouldStartWith("two.yaml, line 3, column 1: not YAML: a ']'");
        Message("name: a\nname: b\n").ShouldContain("a key is given twice");
        Message("name: a\n\tflow: 1\n").ShouldStartWith("two.yaml, line 2, column 1: a tab stands in the indentation");
        Message("").ShouldContain("the config is empty");
        Message("- 1\n").ShouldContain("a config is a map of keys");
        Message("name: a\n").ShouldContain("the key 'flow' is missing");
        Message("flow: {kind: unconstrained, until: {t: 1}}").ShouldContain("the key 'data' is missing");
    }

    [Fact]
    public void An_override_is_named_as_it_was_typed() =>
        Should.Throw<ConfigException>(() => Configs.Read(Configs.TwoParameters, "flow.until.tt=5")).Message
            .ShouldStartWith(
            "override 'flow.until.tt=5': flow.until.tt is not a key here; nearest: t; allowed: t, log10-t, log10-loss, tau");

    [Fact]
    public void Shapes_that_do_not_chain_are_named()
    {
        string Network(string layers) =>
            Should.Throw<ConfigException>(() => Configs.Read(Configs.TwoParameters, $"network.layers={layers}").Network!.Build(2)).Message;
        Network("[relu, {dense: 1}]").ShouldContain("network.layers[0]: 'relu' stands before the first layer of weights");
        Network("[{dense: 3}, relu, relu, {dense: 1}]").ShouldContain("network.layers[2]: 'relu' follows 'relu' directly");
        Network("[{dense: 1}, relu]").ShouldContain("network.layers[1]: the network ends with 'relu'");
        var e = Configs.Read(Configs.TwoParameters, "init.weights=[[[1, 2, 3]]]");
        Should.Throw<ConfigException>(() =>
            e.Init!.Build(e.Network!.Build(2), 0)).Message.ShouldContain("layer 1 needs a 1 × 2 matrix (rows = outputs); 1 × 3 was given");
    }

    [Fact]
    public void A_sweep_is_the_product_of_its_assignments()
    {
        var runs = Overrides.Expand(["a=1,2", "seed=0..2", "b=[1,2]", "c=\"x,y\""], sweep: true);
        runs.Count.ShouldBe(6);
        runs.Select(r => string.Join(' ', r.Select(p => $"{p.Path}={p.Value}"))).ShouldBe([
            "a=1 seed=0 b=[1,2] c=\"x,y\"", "a=1 seed=1 b=[1,2] c=\"x,y\"", "a=1 seed=2 b=[1,2] c=\"x,y\"",
            "a=2 seed=0 b=[1,2] c=\"x,y\"", "a=2 seed=1 b=[1,2] c=\"x,y\"", "a=2 seed=2 b=[1,2] c=\"x,y\""]);
        Should.Throw<ConfigException>(() => Overrides.Expand(["a=9..0"], true)).Message.ShouldContain("runs backwards");
        Should.Throw<ConfigException>(() =>
            Overrides.Expand(["a=0..999", "b=0..999"], true)).Message.ShouldContain("more than 100000 runs");
    }

    private static string Message(string yaml) => Should.Throw<ConfigException>(() => Configs.Read(yaml)).Message;
}
