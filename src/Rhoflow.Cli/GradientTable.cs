using System.Globalization;
using System.Text.Json.Nodes;
using Rhoflow.Benchmarks;

namespace Rhoflow.Cli;

/// <summary>Rows <c>gradients-…</c> of <c>rhoflow bench</c>: our derivatives compared with PyTorch's.</summary>
internal static class GradientTable
{
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

    public static void Show(IReadOnlyList<GradientRow>? rows, TextWriter output)
    {
        if (rows is null)
        {
            output.WriteLine("gradients: PyTorch (python3-torch) is not installed, so they are not compared.");
            return;
        }
        var table = Terminal.Table(["name", "outputs", "gradient", "Hessian-vector", "statistics", "float32 gradient", "agrees"],
            leftAligned: 1);
        foreach (var r in rows)
            table.Add(r.Name, Number(r.Outputs), Number(r.Gradient), Number(r.HessianVector), Number(r.Statistics),
                Number(r.SingleGradient), r.Agrees ? "yes" : r.Error ?? "no");
        Terminal.On(output).Write(table);
        output.WriteLine("Largest differences to PyTorch's automatic differentiation in float64, over the largest number compared with.");
    }

    private static string Number(double value) => value.ToString("0.0e-00", CultureInfo.InvariantCulture);
}
