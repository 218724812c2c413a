using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>A kind of descent: its name in configs, what a step is, the keys that it alone has, and what it does without them.</summary>
/// <param name="Name">In configs: <c>descent.kind</c>.</param>
/// <param name="Summary">What a step is.</param>
public sealed record DescentKind(string Name, string Summary)
{
    /// <summary>W ← W − η∇L over all examples.</summary>
    public static readonly DescentKind Gd = new("gd", "W ← W − η∇L over all examples  (T3 eq. 8)")
    {
        WithoutBatch = "gd uses all examples in every step",
    };

    /// <summary>W ← W − η∇L over a minibatch.</summary>
    public static readonly DescentKind Sgd = new("sgd", "W ← W − η∇L over a minibatch, in an order drawn anew every epoch")
    {
        Keys = ["batch"],
        UsualBatch = 128,
    };

    /// <summary>Langevin's equation, over all examples unless a batch is given.</summary>
    public static readonly DescentKind Langevin = new("langevin", "W ← W − η∇L + √(2ηT) N(0, 1)  (T3 eq. 30)")
    {
        Keys = ["batch", "temperature"],
        WithoutRules = "the noise's stationary density e^{−L/T} belongs to plain steps",
    };

    /// <summary>All kinds, as lists show them.</summary>
    public static IReadOnlyList<DescentKind> All { get; } = [Gd, Sgd, Langevin];

    /// <summary>Its keys under <c>descent</c>, beyond those of every descent.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Examples of a minibatch where none are given; 0: all of them.</summary>
    public int UsualBatch { get; init; }

    /// <summary>Why it has no key <c>batch</c>; null if it has.</summary>
    public string? WithoutBatch { get; init; }

    /// <summary>Why its steps are plain ones; null if any optimizer goes with it.</summary>
    public string? WithoutRules { get; init; }

    /// <summary>True if it has the key.</summary>
    public bool Has(string key) => Keys.Contains(key);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <exception cref="ConfigException">A key of other kinds is given.</exception>
    internal void RefuseOthersKeys(ConfigMap map)
    {
        foreach (var key in All.SelectMany(static k => k.Keys).Distinct().Where(k => map.Has(k) && !Has(k)))
        {
            var why = key == "batch" ? $" ({WithoutBatch})" : "";
            throw map[key]!.NoMeaning($"has a meaning for {string.Join(" and ", All.Where(k => k.Has(key)))}{why} only");
        }
    }
}
