using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>What moves ρ_k while a unit-norm technique moves V_k.</summary>
public sealed record RhoConfig
{
    /// <summary>As the start has it.</summary>
    public static readonly RhoConfig Constant = new();

    /// <summary>constant (as the start has it), trained (by its own gradient), schedule or rescale.</summary>
    public string Kind { get; init; } = "constant";

    /// <summary>schedule: ρ(t), t in epochs or steps.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>rescale: the epochs at which ρ_k are multiplied.</summary>
    public IReadOnlyList<int> At { get; init; } = [];

    /// <summary>rescale: how many epochs lie between two of them; 0: those of <see cref="At"/>.</summary>
    public int Every { get; init; }

    /// <summary>rescale: what they are multiplied by.</summary>
    public double Factor { get; init; } = 1;

    internal static RhoConfig Read(ConfigNode? node, string normalization)
    {
        if (node is null) return new RhoConfig { Kind = normalization == "weight" ? "trained" : "constant" };
        if (node.IsScalar) return new RhoConfig { Kind = node.Word("constant", "trained") };
        var map = node.Map("schedule", "rescale");
        if (map.OneOf("schedule", "rescale") == "schedule") return new RhoConfig { Kind = "schedule", Schedule = map["schedule"]!.Text() };
        var rescale = map["rescale"]!.Map("at", "every", "factor");
        var every = rescale.OneOf("at", "every") == "every";
        return new RhoConfig
        {
            Kind = "rescale",
            At = every ? [] : RateConfig.Epochs(rescale["at"]!),
            Every = every ? rescale["every"]!.Count(1) : 0,
            Factor = rescale.Required("factor", "what ρ is multiplied by").Positive(),
        };
    }

    internal void Write(ConfigWriter writer)
    {
        switch (Kind)
        {
            case "schedule":
                writer.Section("rho", () => writer.Entry("schedule", Schedule));
                break;
            case "rescale":
                writer.Raw("rho", $"{{rescale: {{{(Every > 0 ? $"every: {Every}" : $"at: {RateConfig.Text(At)}")}, factor: "
                    + $"{ConfigWriter.Number(Factor)}}}}}");
                break;
            default:
                writer.Entry("rho", Kind);
                break;
        }
    }
}
