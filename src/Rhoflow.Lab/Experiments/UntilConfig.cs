using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>Where a run ends: exactly one of an instant, a loss and a loss-rescaled time.</summary>
/// <param name="Key">t, log10-t, log10-loss or tau, as written.</param>
/// <param name="T">The instant, for t and log10-t.</param>
/// <param name="Value">log10 L or τ, for those.</param>
public sealed record UntilConfig(string Key, TimeValue? T, double Value)
{
    /// <summary>The keys of <c>flow.until</c>.</summary>
    internal static IReadOnlyList<ConfigKey> Described { get; } =
    [
        new("t", ConfigForm.Number, "an instant; 1e10000 is one too") { Example = "1e4" },
        new("log10-t", ConfigForm.Number, "an instant by its exponent") { Example = "100" },
        new("log10-loss", ConfigForm.Number, "a loss by its exponent") { Example = "-800" },
        new("tau", ConfigForm.Number, "a loss-rescaled time ∫ L dt") { Example = "10" },
    ];

    internal static UntilConfig Read(ConfigNode node, TimeValue from)
    {
        var map = node.Map(Described);
        var key = map.OneOf([.. Described.Select(static k => k.Name)]);
        var at = map[key]!;
        switch (key)
        {
            case "t":
            case "log10-t":
                var t = key == "t" ? at.Time() : TimeValue.FromLog10(at.Number());
                if (t.Log10T <= from.Log10T) throw at.Error($"the end lies before the start (t = {from})");
                return new UntilConfig(key, t, 0);
            case "tau": return new UntilConfig(key, null, at.Positive());
            default: return new UntilConfig(key, null, at.Number());
        }
    }

    internal void Write(ConfigWriter writer) => writer.Section("until", () =>
    {
        if (Key == "t") writer.Entry(Key, T!.Value);
        else writer.Entry(Key, Key == "log10-t" ? T!.Value.Log10T : Value);
    });
}
