using Rhoflow.Approximation;
using Rhoflow.Lab.Claims;
using Rhoflow.Lab.Figures;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoreticalIssues;

/// <summary>Theoretical issues figure 1: a shallow network and a binary tree for n = 8, and the error of both against their size.</summary>
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
            + "functions of two, h₃(h₂₁(h₁₁(x₁, x₂), h₁₂(x₃, x₄)), h₂₂(h₁₃(x₅, x₆), h₁₄(x₇, x₈))); under each the network that "
            + "approximates it, a shallow one of N units, and a binary tree with Q = N/(n − 1) units at each of its seven vertices. Below, "
            + "which the paper does not draw, what the graphs are worth on a function that is composed along the tree: grids (multilinear, "
            + "exact counts) with the exponents of theory, −2/n for one grid over all variables and −1 for grids at the vertices (dashed), "
            + "and trained ReLU networks of nearly equal size, five seeds. Function, sizes and training are ours; figure-01.yaml states "
            + "them.",
        Config = "papers/theoretical-issues/figure-01.yaml",
        Build = Build,
    };

    private static Chart Build(StudyContext context)
    {
        List<string> exponents = [];
        void Fitted(string name, double[] x, IEnumerable<double> errors) =>
            exponents.Add($"{name} {Wording.Text(ApproximationError.Exponent(x, [.. errors]))}");
        var grids = new Panel("Grids: sup error against parameters", new Axis("parameters", Scale.Log), new Axis("sup error", Scale.Log));
        foreach (var (n, colour) in new[] { (4, 5), (8, 0) })
        {
            var shallow = Compositions.Grids(context, Compositions.Tree(n), deep: false, CompositionAvoidsTheCurse.ShallowNodes);
            double[] x = [.. shallow.Select(g => g.Parameters)];
            Fitted($"shallow, n = {n}:", x, shallow.Select(g => g.Error.Sup));
            grids = grids.Line($"shallow, n = {n}", x, [.. shallow.Select(g => g.Error.Sup)], colour)
                .Predicted($"slope −{Wording.Text(2.0 / n)}", x, p => shallow[^1].Error.Sup * Math.Pow(p / x[^1], -2.0 / n), colour);
        }
        foreach (var (n, colour) in new[] { (4, 4), (8, 1), (16, 3) })
        {
            var deep = Compositions.Grids(context, Compositions.Tree(n), deep: true, CompositionAvoidsTheCurse.DeepNodes);
            double[] x = [.. deep.Select(g => g.Parameters)];
            Fitted($"tree, n = {n}:", x, deep.Select(g => g.Error.Sup));
            grids = grids.Line($"tree, n = {n}", x, [.. deep.Select(g => g.Error.Sup)], colour);
            if (n == 8) grids = grids.Predicted("slope −1", x, p => deep[^1].Error.Sup * x[^1] / p, colour);
        }
        var trained = TrainedTreesNeedFewerParameters.Panel(context, Inputs);
        var medians = trained.Series.Where(static l => l.Mark == SeriesMark.Line)
            .Select(static l => $"{l.Name} {Wording.Text(l.Y[^1])} at {Wording.Count((long)l.X[^1])} parameters");
        return new Chart(ShallowFunction(), TreeFunction(), Shallow(), Tree(), grids, trained)
        {
            Findings = $"Exponents of the grids’ errors: {string.Join(", ", exponents)}. Largest trained networks: "
                + $"{string.Join(", ", medians)}.",
        };
    }

    private static Panel ShallowFunction()
    {
        var drawing = new Drawing();
        drawing.Vertex(Enumerable.Range(0, Inputs).Select(i => drawing.Input(Place(i, Inputs), 0)), .5, 1);
        return drawing.Panel("(a) A function f(x₁, …, x₈)");
    }

    private static Panel TreeFunction()
    {
        var drawing = new Drawing();
        (double X, double Y)[] level = [.. Enumerable.Range(0, Inputs).Select(i => drawing.Input(Place(i, Inputs), 0))];
        for (var depth = 0; level.Length > 1; depth++)
        {
            var half = level.Length / 2;
            level = [.. Enumerable.Range(0, half).Select(v => drawing.Vertex(level[(2 * v)..(2 * v + 2)], Place(v, half), depth + 1))];
        }
        return drawing.Panel("(b) A function that is composed along a tree");
    }

    private static Panel Shallow()
    {
        const int Units = UnitsPerVertex * (Inputs - 1);
        var drawing = new Drawing();
        for (var i = 0; i < Inputs; i++) drawing.Input(Place(i, Inputs), 0);
        drawing.Sum(Enumerable.Range(0, Units)
            .Select(q => drawing.Unit(Place(q, Units), 1, Enumerable.Range(0, Inputs).Select(i => (Place(i, Inputs), 0.0)))), .5, 2);
        return drawing.Panel($"(a) Shallow: N = {Units} units, (n + 2)N parameters");
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
        return drawing.Panel($"(b) Binary tree: Q = N/(n − 1) = {UnitsPerVertex} units a vertex, 4N parameters");
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

        public Panel Panel(string title)
        {
            var panel = new Panel(title, new Axis("", Min: 0, Max: 1) { IsHidden = true }, new Axis("", Min: -.3) { IsHidden = true })
                .Line(_vertices.Count > 0 ? "what depends on what" : "weights", _edgeX, _edgeY, 7);
            Dots("inputs x₁ … x₈", _inputs, 0);
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
