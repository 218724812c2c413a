using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Benchmarks;

namespace Rhoflow.Cli;

/// <summary>Rows <c>gradients-…</c> of <c>rhoflow bench</c>: our derivatives compared with PyTorch's.</summary>
internal static class GradientTable
{
    private static readonly string[] s_heads = ["outputs", "gradient", "Hessian-vector", "statistics", "float32 gradient", "agrees"];

    /// <summary>What the numbers are.</summary>
    public const string Caption = "gradients: largest differences to PyTorch's automatic differentiation in float64, over the largest "
        + "number compared with.";

    /// <summary>The heads, and a rule below.</summary>
    public static string Head
    {
        get
        {
            var head = Join("name", s_heads);
            return head + Environment.NewLine + new string('─', head.Length);
        }
    }

    public static JsonNode? Document(IReadOnlyList<GradientRow>? rows) =>
        rows is null ? null : new JsonArray([.. rows.Select(static r => (JsonNode)new JsonObject
    {
        ["name"] = r.Name,
        ["outputs"] = r.Outputs,
        ["gradient"] = r.Gradient,
        ["hessian_vector"] = r.HessianVector,
        ["statistics"] = r.Statistics,
        ["single_gradient"] = r.SingleGradient,
        ["agrees"] = r.Agrees,
        ["error"] = r.Error,
    })]);

    public static string Line(GradientRow r) => Join(r.Name, r.Error is { } error ? [error] : [Number(r.Outputs), Number(r.Gradient),
        Number(r.HessianVector), Number(r.Statistics), Number(r.SingleGradient), r.Agrees ? "yes" : "no"]);

    private static string Join(string name, IEnumerable<string> cells) => string.Join("  ",
        cells.Select(static (c, i) => c.PadLeft(s_heads[i].Length)).Prepend(name.PadRight(GradientCheck.Names.Max(static n => n.Length))));

    private static string Number(double value) => value.ToString("0.0e-00", CultureInfo.InvariantCulture);
}
