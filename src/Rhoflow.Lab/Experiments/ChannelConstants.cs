using System.Globalization;
using System.Text.RegularExpressions;
using Rhoflow.Data;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>The transform {normalize: {mean: […], std: […]}}: of every channel (x − μ)/σ with somebody's constants.</summary>
/// <param name="Mean">μ, one number a channel.</param>
/// <param name="Deviation">σ, as many, above 0.</param>
internal sealed partial record ChannelConstants(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    /// <summary>Its keys.</summary>
    public static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("mean", ConfigForm.List, "μ, one number a channel") { Example = "[0.5, 0.5, 0.5]" },
        new("std", ConfigForm.List, "σ, as many, above 0") { Example = "[0.25, 0.25, 0.25]" },
    ];

    /// <summary>The change of inputs.</summary>
    public InputStep Step => new(Transform.Normalize, [.. Mean], [.. Deviation]);

    /// <summary>From a config.</summary>
    /// <exception cref="ConfigException">Other numbers than as many of each, finite, and σ above 0.</exception>
    public static ChannelConstants Read(ConfigNode node)
    {
        var map = node.Map(Described);
        var mean = map.Required("mean", "one number a channel").List("numbers").Select(static n => n.Number()).ToArray();
        var deviations = map.Required("std", "one number a channel").List("numbers");
        foreach (var of in deviations.Where(static n => !(n.Number() > 0))) throw of.Error($"is {of.Given}; a number above 0 was expected");
        if (mean.Length == 0) throw map["mean"]!.Error("at least one number is needed");
        return mean.Length == deviations.Count ? new ChannelConstants(mean, [.. deviations.Select(static n => n.Number())])
            : throw map["std"]!.Error($"has {deviations.Count} numbers, but mean has {mean.Length}; every channel needs one of each");
    }

    /// <summary>From the text that <see cref="ToString"/> gives; null: another transform.</summary>
    /// <exception cref="FormatException">No numbers where there should be.</exception>
    public static ChannelConstants? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match) return null;
        double[] Numbers(string group) => [.. match.Groups[group].Value.Split(", ")
            .Select(static n => double.Parse(n, NumberStyles.Float, CultureInfo.InvariantCulture))];
        var (mean, deviation) = (Numbers("mean"), Numbers("std"));
        return mean.Length == deviation.Length && Array.TrueForAll(deviation, static d => d > 0) ? new ChannelConstants(mean, deviation)
            : throw new FormatException($"'{text}' has other constants than one mean and one std above 0 a channel");
    }

    /// <summary>As a config has it.</summary>
    public override string ToString() => $"{{normalize: {{mean: {List(Mean)}, std: {List(Deviation)}}}}}";

    private static string List(IEnumerable<double> numbers) => ConfigWriter.List(numbers.Select(static n => ConfigWriter.Number(n)));

    [GeneratedRegex(@"^\{normalize: \{mean: \[(?<mean>[^\]]+)\], std: \[(?<std>[^\]]+)\]\}\}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
