using System.Text;
using Rhoflow.Data;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Config;

/// <summary>A text that is no config gets a sentence with line and column, and never more than that.</summary>
public sealed class ConfigTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data: {set: iris\nloss: square\n", "line 1, column 11: not YAML: a '}' or a comma is missing after this place (the '{' "
        + "at line 1, column 7 is open)")]
    [InlineData("network: {layers: [ {dense: 4}, relu }\n", "a ']' or a comma is missing before this place (the '[' at line 1, column 19 "
        + "is open)")]
    [InlineData("data:\n  set: iris\n\ttest: 0\n", "line 3, column 1: a tab stands in the indentation")]
    [InlineData("name: a\n\tflow: 1\n", "line 2, column 1: a tab stands in the indentation")]
    [InlineData("\tname: a\ndata: {set: iris}\n", "line 1, column 1: a tab stands in the indentation")]
    [InlineData("name: a\nloss: square\n\t\nseed: 1\n", "line 3, column 1: a tab stands in the indentation")]
    [InlineData("name: a\nseed: 1\nname: b\n", "line 3, column 1: a key is given twice")]
    [InlineData("name: a\0b\n", "line 1, column 8: the control character U+0000")]
    [InlineData("name: a\nseed: \u001b[31m\n", "line 2, column 7: the control character U+001B")]
    [InlineData("a: &a [*a]\n", "line 1, column 8: *a stands within what it refers to")]
    [InlineData("a: *b\n", "not YAML: The anchor 'b'")]
    [InlineData("a: 'b\n", "line 1, column 4: not YAML")]
    [InlineData("? [a]\n: b\n", "a key must be a word")]
    public void Broken_texts(string text, string expected) =>
        Should.Throw<ConfigException>(() => Experiment.Read(ConfigSource.Parse(text, "two.yaml"))).Message.ShouldContain(expected);

    [Fact]
    public void Depth_and_repetition_are_bounded()
    {
        string Message(string text) => Should.Throw<ConfigException>(() => ConfigSource.Parse(text, "two.yaml")).Message;
        foreach (var deep in new[] { new string('[', 100_000), string.Concat(Enumerable.Repeat("{a: ", 100_000)),
            string.Concat(Enumerable.Range(0, 20_000).Select(static i => "- ")) })
            Message("a: 1\nb: " + (deep[0] == '-' ? "\n" + deep : deep)).ShouldContain("nested more than 100 deep");
        var laughs = new StringBuilder("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
        for (var i = 1; i < 30; i++)
            laughs.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Message(laughs.ToString()).ShouldContain("aliases repeat more than 100000 values");
        // What a person may want of aliases still works.
        ConfigSource.Parse("a: &a [1, 2]\nb: *a\n").Node.Keys.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Files_that_are_no_text()
    {
        string Message(byte[] bytes)
        {
            File.WriteAllBytes(_folder / "x.yaml", bytes);
            return Should.Throw<ConfigException>(() => ConfigSource.Load(_folder / "x.yaml")).Message;
        }
        Message([.. "name: a\nloss: "u8, 0xe9, (byte)'\n']).ShouldContain("x.yaml, line 2, column 7: this is not UTF-8 text");
        Message([]).ShouldContain("the config is empty");
        Should.Throw<ConfigException>(() => ConfigSource.Load(_folder.Path)).Message.ShouldContain("is a folder");
        if (File.Exists("/dev/zero"))
            Should.Throw<ConfigException>(() => ConfigSource.Load("/dev/zero")).Message.ShouldContain("longer than 64 MB");
        foreach (var encoding in new Encoding[] { new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            File.WriteAllText(_folder / "y.yaml", "name: café\n", encoding);
            ConfigSource.Load(_folder / "y.yaml").Node.At("name").Text().ShouldBe("café");
        }
    }

    [Fact]
    public void Changed_at_random_it_is_read_or_refused_with_a_sentence() => LongHarness.Repeat("configs changed at random", 300, Change);

    [Fact(Explicit = true)]
    public void Changed_at_random_for_hours() => LongHarness.Repeat("configs changed at random", 1_000_000, Change);

    [Theory]
    [InlineData("flow.kind=fixed-multipliers", "flow.lambda=[1, 2]", "flow.lambda: 2 multipliers λ_k were given")]
    [InlineData("flow.kind=lagrange", "flow.rho-k=[1, 2]", "flow.rho-k: 2 norms were given")]
    [InlineData("init={kind: normal, frobenius: [1, 2]}", "seed=1", "init.frobenius: 2 norms were given")]
    public void Numbers_one_a_layer_are_named_by_their_key(string first, string second, string expected)
    {
        var flow = Configs.Read(Configs.TwoParameters, first, second);
        Should.Throw<ConfigException>(() => Rhoflow.Lab.FlowRuns.PreparedFlow.From(flow)).Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData("descent.rule=adam", "descent.beta2=0.5", "descent.beta2: Adam needs 0 ≤ β₁ and β₁² < β₂ < 1")]
    [InlineData("descent.rule=adam", "descent.beta1=0.9999", "descent.beta1: Adam needs")]
    public void Numbers_that_do_not_fit_are_named_by_their_key(string rule, string number, string expected) =>
        Should.Throw<ConfigException>(() => DescentRuns.Trainings.Read(rule, number, "~descent.momentum")).Message.ShouldContain(expected);

    [Fact]
    public void Weight_decays_one_a_layer_are_named_by_their_key() =>
        Should.Throw<ConfigException>(() => Rhoflow.Lab.DescentRuns.PreparedDescent.From(
            DescentRuns.Trainings.Read("descent.weight-decay=[1e-4, 1e-4, 1e-4]"))).Message
            .ShouldContain("descent.weight-decay: 3 weight decays");

    // A few edits of a config: anything but a ConfigException or DataException is a failure. What can be read is written and read again.
    private static void Change(Random random)
    {
        var text = Edit(random.Next(3) switch
        {
            0 => Configs.TwoParameters,
            1 => DescentRuns.Trainings.Digits,
            _ => "name: drawn\ndata: {set: gaussian-teacher, inputs: 3, train: 20, test: 5}\nnetwork:\n  layers: [ {dense: 1} ]\n"
                + "loss: logistic\nflow:\n  kind: lagrange\n  until: {log10-t: 3}\nobserve: {at: {log-spaced: 4}, measures: all}\n",
        }, random);
        try
        {
            var yaml = Experiment.Read(ConfigSource.Parse(text, "changed.yaml")).ToYaml();
            Experiment.Read(ConfigSource.Parse(yaml)).ToYaml().ShouldBe(yaml);
        }
        catch (Exception e) when (e is ConfigException or DataException)
        {
            e.Message.ShouldNotContain("   at ");
        }
    }

    private static string Edit(string text, Random random)
    {
        string[] bits = ["[", "]", "{", "}", ":", ": ", ",", "\"", "'", "\t", "\n", "- ", "#", "&a ", "*a", "!", "|", ">", "%", "@", "`",
            "\0", "\u001b", "é", "\ud800", "1e400", "-1", "99999999999", "2147483647", "1e9", ".nan", "null", "~", "? ", "---\n", "<<: ",
                "0x1",
            " ", "\r"];
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(text.Length + 1);
            var length = random.Next(0, Math.Min(6, text.Length - at) + 1);
            text = random.Next(6) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text[..Math.Max(1, at)],
                3 => text.Remove(at, length).Insert(at, bits[random.Next(bits.Length)]),
                4 => text.Insert(at, string.Concat(Enumerable.Repeat(bits[random.Next(bits.Length)], random.Next(1, 4)))),
                _ => text.Insert(at, bits[random.Next(bits.Length)]),
            };
            if (text.Length == 0) return "a";
        }
        return text;
    }
}
