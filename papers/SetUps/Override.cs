using Rhoflow.Data;
using Rhoflow.Lab.Config;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// Overrides with numbers that are computed, in the words of a config; a number is written so that it reads back as the same double.
/// </summary>
internal static class Override
{
    /// <summary>The start of one linear unit.</summary>
    /// <param name="w">Its weights.</param>
    public static string Weights(params double[] w) => $"init.weights=[{ConfigWriter.Matrix([w])}]";

    /// <summary>The start of several layers.</summary>
    /// <param name="layers">Their matrices, rows of each.</param>
    public static string Layers(params double[][][] layers) => $"init.weights={ConfigWriter.List(layers.Select(ConfigWriter.Matrix))}";

    /// <summary>Other examples.</summary>
    public static string Data(Dataset data) =>
        $"data={{inline: {{x: {ConfigWriter.Matrix([.. Enumerable.Range(0, data.Count).Select(n => data.Example(n).ToArray())])}, "
        + $"y: {ConfigWriter.List(data.Y.ToArray().Select(ConfigWriter.Number))}}}}}";

    /// <summary>Other instants of observation, t = 10^e.</summary>
    /// <param name="exponents">Increasing.</param>
    public static string Decades(params IEnumerable<double> exponents) =>
        $"observe.at.log10-t={ConfigWriter.List(exponents.Select(ConfigWriter.Number))}";

    /// <summary>A number.</summary>
    /// <param name="key">Dotted: <c>flow.rho</c>.</param>
    /// <param name="value">Its value.</param>
    public static string Of(string key, double value) => $"{key}={ConfigWriter.Number(value)}";
}
