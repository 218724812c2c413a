using System.Globalization;

namespace Rhoflow.Data;

/// <summary>
/// Fisher's Iris (Annals of Eugenics 7(2), 1936; measurements by E. Anderson): 150 flowers, 4 lengths in centimetres,
/// classes setosa, versicolor, virginica (50 each, in that order). The corrected values, as in R's <c>iris</c>.
/// </summary>
public static class Iris
{
    /// <summary>The whole set: 150 × 4, y = 0, 1, 2. <c>Load().Binary("setosa")</c> is linearly separable.</summary>
    public static Dataset Load()
    {
        using var stream = typeof(Iris).Assembly.GetManifestResourceStream("Rhoflow.Data.Embedded.iris.csv")!;
        using var reader = new StreamReader(stream);
        string[] classes = ["setosa", "versicolor", "virginica"];
        var x = new List<double>();
        var y = new List<double>();
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            for (var i = 0; i < 4; i++) x.Add(double.Parse(cells[i], CultureInfo.InvariantCulture));
            y.Add(Array.IndexOf(classes, cells[4].Trim()));
        }
        return new Dataset("iris", [.. x], [.. y], 4, classes);
    }
}
