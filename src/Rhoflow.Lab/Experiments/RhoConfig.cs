using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>
/// What moves ρ_k while a unit-norm technique moves V_k: constant (as the start has it), trained (by its own gradient), a schedule
/// ρ(t) in t = epochs, or rescale (× Factor at the epochs At, or every Every).
/// </summary>
public sealed record RhoConfig(string Kind, string Schedule, int[] At, int Every, double Factor)
{
    /// <summary>As the start has it.</summary>
    public static readonly RhoConfig Constant = new("constant", "", [], 0, 1);

    internal static RhoConfig Read(ConfigNode? node, string normalization)
    {
        if (node is null) return new RhoConfig(normalization == "weight" ? "trained" : "constant", "", [], 0, 1);
        if (node.IsScalar) return new RhoConfig(node.Word("constant", "trained"), "", [], 0, 1);
        var map = node.Map("schedule", "rescale");
        if (map.OneOf("schedule", "rescale") == "schedule") return new RhoConfig("schedule", map["schedule"]!.Text(), [], 0, 1);
        var rescale = map["rescale"]!.Map("at", "every", "factor");
        var every = rescale.OneOf("at", "every") == "every";
        return new RhoConfig("rescale", "", every ? [] : RateConfig.Epochs(rescale["at"]!), every ? rescale["every"]!.Count(1) : 0,
            rescale.Required("factor", "what ρ is multiplied by").Positive());
    }

    internal void Write(ConfigWriter writer)
    {
        switch (Kind)
        {
            case "schedule":
                writer.Section("rho", () => writer.Entry("schedule", Schedule));
                break;
            case "rescale":
                writer.Raw("rho", $"{{rescale: {{{(Every > 0 ? $"every: {Every}" : $"at: {RateConfig.Text(At)}")}, factor: {ConfigWriter.Number(Factor)}}}}}");
                break;
            default:
                writer.Entry("rho", Kind);
                break;
        }
    }
}
