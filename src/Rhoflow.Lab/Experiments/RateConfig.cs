using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>How the learning rate changes.</summary>
public sealed record RateConfig
{
    /// <summary>The same rate always.</summary>
    public static readonly RateConfig Constant = new();

    /// <summary>Which of <see cref="RateKind.All"/>.</summary>
    public RateKind Kind { get; init; } = RateKind.Constant;

    /// <summary>step: the epochs where the rate changes.</summary>
    public IReadOnlyList<int> At { get; init; } = [];

    /// <summary>step: what it is multiplied by there.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>cosine: the rate at the last epoch.</summary>
    public double Final { get; init; }

    /// <summary>adaptive: growth, back-off and patience; null: another kind.</summary>
    public AdaptiveRate? Adaptive { get; init; }

    /// <summary>The keys of <c>descent.schedule</c>: kinds with values of their own.</summary>
    internal static IReadOnlyList<ConfigKey> Described =>
        [.. RateKind.All.Where(static k => k.Read is not null)
            .Select(static k => new ConfigKey(k.Name, ConfigForm.Map, k.Meaning) { Keys = k.Keys })];

    internal static RateConfig Read(ConfigNode? node)
    {
        if (node is null) return Constant;
        if (node.IsScalar)
        {
            var word = node.Word([.. RateKind.All.Select(static k => k.Name)]);
            var kind = RateKind.All.First(k => k.Name == word);
            return kind.Needs is not null ? throw node.Error(kind.Needs)
                : new RateConfig { Kind = kind, Adaptive = kind == RateKind.Adaptive ? new AdaptiveRate() : null };
        }
        var map = node.Map(Described);
        var name = map.OneOf([.. Described.Select(static k => k.Name)]);
        return RateKind.All.First(k => k.Name == name).Read!(map[name]!);
    }

    internal void Write(ConfigWriter writer) => writer.Raw("schedule", Kind.Text?.Invoke(this) ?? Kind.Name);

    /// <summary><c>at: […]</c> or <c>every: n</c>.</summary>
    internal static string Text(IReadOnlyList<int> at, int every) => every > 0 ? $"every: {every}" : $"at: {Text(at)}";

    internal static string Text(IEnumerable<int> epochs) => ConfigWriter.List(epochs.Select(static e => ConfigWriter.Number(e)));

    /// <summary>The epochs of <c>at</c> or <c>every</c>; "every n epochs" begins after the first n: the start is what init says.</summary>
    internal static Epochs EpochsOf(IReadOnlyList<int> listed, int every) =>
        every > 0 ? Descents.Epochs.Every(every, every) : Descents.Epochs.At(listed);

    // Increasing epochs, one or a list.
    internal static int[] Epochs(ConfigNode node)
    {
        int[] epochs = node.IsList ? [.. node.List("epochs").Select(static n => n.Count(0))] : [node.Count(0)];
        for (var i = 1; i < epochs.Length; i++)
            if (epochs[i] <= epochs[i - 1]) throw node.Error($"epochs must increase; {epochs[i]} follows {epochs[i - 1]}");
        return epochs;
    }
}
