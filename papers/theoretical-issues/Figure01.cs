using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Theoretical issues figure 1: graphs for n = 8, shallow and a binary tree, and what networks on them are worth.</summary>
internal static class CompositionGraphs
{
    private const int Inputs = 8, UnitsPerVertex = 2;

    /// <summary>The figure.</summary>
    public static PaperFigure Figure { get; } = new()
    {
        Id = "theoretical-issues/figure-01",
        Paper = SourcePapers.TheoreticalIssues,
        Number = "1",
        Title = "Shallow and hierarchical networks for n = 8",
        Caption = "As in the paper: above the graphs of two functions of n = 8 variables, one without structure, and one composed of seven "
            + "functions of two; under each the network that approximates it, a shallow one of N units, and a binary tree with Q = N/(n − "
            + "1) "
            + "units at each of its seven vertices. Below, which the paper does not draw, what the graphs are worth. Left: networks built "
            + "as "
            + "in the proof, for constituents with m derivatives, sup error by search, and what theory says of them (dashed: −m/2 on the "
            + "tree; for m = 2 the dense network of three layers that contains the tree has as many units, and parameters like their "
            + "square: −m/4), beside shallow networks fitted to the same functions. Right: parameters at one accuracy against n, in "
            + "proportion to n − 1 (dashed). Last row: networks trained from six starts, of nearly equal size but for shared weights, "
            + "which have a seventh of the parameters. Functions, sizes and training are ours; figure-01.yaml states them.",
        Config = "papers/theoretical-issues/figure-01.yaml",
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        var built = new Panel("Built as in the proof, n = 8", new Axis("parameters", Scale.Log), new Axis("max |f − network|", Scale.Log));
        List<string> exponents = [];
        foreach (var m in Constituents.Kinks)
        {
            var rows = GraphNetworks.Of(context, m, smooth: true, Inputs);
            var last = rows[^1];
            double[] x = [.. rows.Select(static r => r.Parameters)], sup = [.. rows.Select(static r => r.Sup)];
            built = built.Line($"tree, m = {m}", x, sup, m).Predicted($"slope −m/2 = −{Wording.Text(m / 2.0)}", x,
                p => last.Sup * Math.Pow(p / last.Parameters, -m / 2.0), m);
            var shallow = ShallowNetworks.Of(context, m, Inputs);
            built = built.Line($"shallow, m = {m}", [.. shallow.Select(static r => r.Parameters)], [.. shallow.Select(static r => r.Sup)],
                m + 3);
            exponents.Add($"tree, m = {m}: {Slope(x, sup)}; shallow: "
                + Slope([.. shallow.Select(static r => r.Parameters)], [.. shallow.Select(static r => r.Sup)]));
            if (m != 2) continue;
            double[] dense = [.. rows.Select(static r => (double)DenseRival.Parameters(Inputs, r.Setting.Side * r.Setting.Side))];
            built = built.Line("dense, contains the tree, m = 2", dense, sup, 0)
                .Predicted("slope −m/4", dense, p => last.Sup * Math.Pow(p / dense[^1], -m / 4.0), 0);
            exponents.Add($"the dense network that contains the tree: {Slope(dense, sup)}");
        }
        return new Chart(ShallowFunction(), TreeFunction(), Shallow(), Tree(), built, ParametersAgainstInputs.Panel(context),
            LocalityNotWeightSharing.Panel(context, 0), LocalityNotWeightSharing.Panel(context, 1))
        {
            Findings = $"Exponents of sup errors over all sizes drawn: {string.Join("; ", exponents)}.",
        };
    }

    private static string Slope(double[] x, double[] y) => Wording.Text(ApproximationError.Exponent(x, y), 2).Replace('-', '−');

    private static Panel ShallowFunction()
    {
        var drawing = new Drawing();
        drawing.Vertex(Enumerable.Range(0, Inputs).Select(i => drawing.Input(Place(i, Inputs), 0)), .5, 1);
        return Named(drawing.Panel("(a) A function f(x₁, …, x₈)")).Text("f", .5, 1.09);
    }

    private static Panel TreeFunction()
    {
        var drawing = new Drawing();
        string[] names = ["h₁₁", "h₁₂", "h₁₃", "h₁₄", "h₂₁", "h₂₂", "h₃"];
        (double X, double Y)[] level = [.. Enumerable.Range(0, Inputs).Select(i => drawing.Input(Place(i, Inputs), 0))];
        List<(double X, double Y)> vertices = [];
        for (var depth = 0; level.Length > 1; depth++)
        {
            var half = level.Length / 2;
            level = [.. Enumerable.Range(0, half).Select(v => drawing.Vertex(level[(2 * v)..(2 * v + 2)], Place(v, half), depth + 1))];
            vertices.AddRange(level);
        }
        var panel = Named(drawing.Panel("(b) f = h₃(h₂₁(h₁₁, h₁₂), h₂₂(h₁₃, h₁₄))"));
        return names.Zip(vertices).Aggregate(panel, static (p, n) => p.Text(n.First, n.Second.X, n.Second.Y + .27));
    }

    private static Panel Named(Panel panel)
    {
        var below = -.09 * panel.Series.SelectMany(static s => s.Y).Where(double.IsFinite).Max();
        return Enumerable.Range(0, Inputs).Aggregate(panel, (p, i) => p.Text($"x{"₁₂₃₄₅₆₇₈"[i]}", Place(i, Inputs), below));
    }

    private static Panel Shallow()
    {
        const int Units = UnitsPerVertex * (Inputs - 1);
        var drawing = new Drawing();
        for (var i = 0; i < Inputs; i++) drawing.Input(Place(i, Inputs), 0);
        drawing.Sum(Enumerable.Range(0, Units)
            .Select(q => drawing.Unit(Place(q, Units), 1, Enumerable.Range(0, Inputs).Select(i => (Place(i, Inputs), 0.0)))), .5, 2);
        return Named(drawing.Panel($"(a) Shallow: N = {Units} units, (n + 2)N parameters"));
    }

    private static Panel Tree()
    {
        var drawing = new Drawing();
        (double X, double Y)[] level = [.. Enumerable.Range(0, Inputs).Select(i => drawing.Input(Place(i, Inputs), 0))];
        for (var depth = 0; level.Length > 1; depth++)
        {
            var half = level.Length / 2;
            level = [.. Enumerable.Range(0, half).Select(v =>
            {
                var units = Enumerable.Range(0, UnitsPerVertex).Select(q =>
                    drawing.Unit(Place(v, half) + .05 * (q - (UnitsPerVertex - 1) / 2.0), 1.6 * depth + 1, level[(2 * v)..(2 * v + 2)]));
                return drawing.Sum(units, Place(v, half), 1.6 * depth + 1.6);
            })];
        }
        return Named(drawing.Panel($"(b) Binary tree: Q = N/(n − 1) = {UnitsPerVertex} units a vertex, 4N parameters"));
    }

    private static double Place(int i, int count) => (i + .5) / count;

    /// <summary>Points and the lines between them.</summary>
    private sealed class Drawing
    {
        private readonly List<double> _edgeX = [], _edgeY = [];
        private readonly List<(double X, double Y)> _inputs = [], _units = [], _sums = [], _vertices = [];

        public (double, double) Input(double x, double y) => Add(_inputs, x, y, []);

        public (double, double) Vertex(IEnumerable<(double X, double Y)> from, double x, double y) => Add(_vertices, x, y, from);

        public (double, double) Unit(double x, double y, IEnumerable<(double X, double Y)> from) => Add(_units, x, y, from);

        public (double, double) Sum(IEnumerable<(double X, double Y)> from, double x, double y) => Add(_sums, x, y, from);

        private double Top => _inputs.Concat(_units).Concat(_sums).Concat(_vertices).Max(static p => p.Y);

        public Panel Panel(string title)
        {
            var panel = new Panel(title, new Axis("", Min: 0, Max: 1) { IsHidden = true },
                new Axis("", Min: -.15 * Top, Max: 1.12 * Top) { IsHidden = true })
                .Line("edges", _edgeX, _edgeY, 7);
            Dots("inputs", _inputs, 0);
            Dots("functions", _vertices, 3);
            Dots("ReLU units", _units, 1);
            Dots("linear combinations", _sums, 2);
            return panel;

            void Dots(string name, List<(double X, double Y)> points, int colour)
            {
                if (points.Count > 0) panel = panel.Points(name, [.. points.Select(p => p.X)], [.. points.Select(p => p.Y)], colour);
            }
        }

        private (double, double) Add(List<(double X, double Y)> points, double x, double y, IEnumerable<(double X, double Y)> from)
        {
            points.Add((x, y));
            foreach (var (fromX, fromY) in from.ToArray())
            {
                // The third point lifts the pen.
                _edgeX.AddRange([fromX, x, x]);
                _edgeY.AddRange([fromY, y, double.NaN]);
            }
            return (x, y);
        }
    }
}
