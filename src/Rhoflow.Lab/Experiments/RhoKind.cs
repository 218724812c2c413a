using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>What moves ρ_k: the word of configs, how its values are read and written, and what the library does for it.</summary>
/// <param name="Name">In configs: <c>descent.rho</c>.</param>
public sealed record RhoKind(string Name)
{
    private static readonly ConfigKey[] s_rescale =
    [
        new("at", ConfigForm.List, "the epochs where it happens") { Example = "[10, 20]" },
        new("every", ConfigForm.Whole, "or: the distance of these epochs") { Example = "10" },
        new("factor", ConfigForm.Number, "what ρ is multiplied by") { Example = "2" },
    ];

    /// <summary>As the start has it.</summary>
    public static readonly RhoKind Constant = new("constant");

    /// <summary>By its own gradient.</summary>
    public static readonly RhoKind Trained = new("trained") { Norms = static _ => NormControl.Trained };

    /// <summary>A given function of t.</summary>
    public static readonly RhoKind Scheduled = new("schedule")
    {
        Described = new ConfigKey("schedule", ConfigForm.Text, "ρ as a function of t, epoch or step") { Example = "3 + log(1 + step)" },
        Norms = static c => NormControl.Scheduled(c.Schedule),
        Read = static node => new RhoConfig { Kind = Scheduled!, Schedule = node.Text() },
        Write = static (c, writer) => writer.Section("rho", () => writer.Entry("schedule", c.Schedule)),
    };

    /// <summary>Multiplied at some epochs, constant between them.</summary>
    public static readonly RhoKind Rescaled = new("rescale")
    {
        Described = new ConfigKey("rescale", ConfigForm.Map, "ρ is multiplied at some epochs") { Keys = s_rescale },
        Rescaling = static c => new Rescaling(RateConfig.EpochsOf(c.At, c.Every), c.Factor),
        Read = static node =>
        {
            var map = node.Map(s_rescale);
            var every = map.OneOf("at", "every") == "every";
            return new RhoConfig
            {
                Kind = Rescaled!,
                At = every ? [] : RateConfig.Epochs(map["at"]!),
                Every = every ? map["every"]!.Count(1) : 0,
                Factor = map.Required("factor", "what ρ is multiplied by").Positive(),
            };
        },
        Write = static (c, writer) => writer.Raw("rho",
            $"{{rescale: {{{RateConfig.Text(c.At, c.Every)}, factor: {ConfigWriter.Number(c.Factor)}}}}}"),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RhoKind> All { get; } = [Constant, Trained, Scheduled, Rescaled];

    /// <summary>The key under which its values stand; null: it is a word alone.</summary>
    internal ConfigKey? Described { get; init; }

    /// <summary>The rule of the norms.</summary>
    public Func<RhoConfig, NormControl> Norms { get; init; } = static _ => NormControl.Constant;

    /// <summary>The factors at some epochs; null: none.</summary>
    public Func<RhoConfig, Rescaling?> Rescaling { get; init; } = static _ => null;

    /// <summary>From what stands under its name; null: it is a word alone.</summary>
    internal Func<ConfigNode, RhoConfig>? Read { get; init; }

    /// <summary>Into a resolved config; null: it is a word alone.</summary>
    internal Action<RhoConfig, ConfigWriter>? Write { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
