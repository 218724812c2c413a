using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Tests.Descents;

/// <summary>
/// Descents written out with loops and plain numbers, one layer and one group of weights at a time: the readable second opinion.
/// </summary>
internal sealed class NaiveDescent(Network net, Loss loss, Dataset data, DescentOptions options)
{
    private readonly List<double[]> _x = [];
    private readonly List<double> _norms = [];

    // One for each layer, and one for each norm.
    private readonly NaiveRules[] _rules = [.. net.Layers.Select(l => new NaiveRules(options.Rule, l.Rows, l.Columns))];
    private readonly List<NaiveRules> _normRules = [];

    public double[] Run(double[] theta, int epochs)
    {
        foreach (var w in Groups(theta))
        {
            var norm = Length(w);
            _norms.Add(norm);
            _x.Add(options.Normalization != Normalization.None ? [.. w.Select(v => v / norm)] : w);
            _normRules.Add(new NaiveRules(options.Rule, 1, 1));
        }
        var order = new MinibatchOrder(data.Count, options.Rule.Batch, options.Rule.DropLast, options.Seed);
        for (var epoch = 0; epoch < epochs; epoch++)
            for (var s = 0; s < order.StepsPerEpoch; s++)
                Step(data.Choose(order.Examples(epoch, s).ToArray()), options.Rule.LearningRate.At(epoch));
        return Weights();
    }

    public double[] Norms => [.. _norms];

    /// <summary>
    /// The largest log L of a step: past some hundreds its squares leave float64, and then the two ways need not fail alike.
    /// </summary>
    public double LargestLogLoss { get; private set; } = double.NegativeInfinity;

    private bool IsUnitNorm => options.Normalization is not (Normalization.None or Normalization.Weight or Normalization.WeightPerRow);

    private double[] Weights()
    {
        var all = new List<double>();
        for (var i = 0; i < _x.Count; i++)
        {
            var factor = options.Normalization == Normalization.None ? 1 : IsUnitNorm ? _norms[i] : _norms[i] / Length(_x[i]);
            all.AddRange(_x[i].Select(v => factor * v));
        }
        return [.. all];
    }

    private void Step(Dataset batch, double eta)
    {
        var w = Weights();
        var h = new double[w.Length];
        var value = new EmpiricalRisk(net, loss, batch).Evaluate(w, h);
        LargestLogLoss = Math.Max(LargestLogLoss, value.LogLoss);
        var pull = Groups([.. h.Select(v => Math.Exp(value.LogScale) * v)]);
        var weights = Groups(w);
        double total = Math.Exp(value.LogLoss), square = 0;
        var normPull = new double[_x.Count];
        for (var i = 0; i < _x.Count; i++)
        {
            var lambda = options.Rule.DecouplesDecay ? 0 : options.DecayOf(LayerOf(i));
            total += lambda * Dot(weights[i], weights[i]);
            if (options.Normalization == Normalization.None)
            {
                pull[i] = [.. pull[i].Zip(_x[i], (a, b) => a - 2 * lambda * b)];
                square += Dot(pull[i], pull[i]);
                continue;
            }
            var length = Length(_x[i]);
            double[] unit = [.. _x[i].Select(v => v / length)];
            var along = Dot(unit, pull[i]);
            double[] tangential = [.. pull[i].Zip(unit, (a, b) => _norms[i] / length * (a - along * b))];
            normPull[i] = along - 2 * lambda * _norms[i];
            square += Dot(tangential, tangential) + (Trains ? normPull[i] * normPull[i] : 0);
            pull[i] = IsUnitNorm ? [.. pull[i].Select(v => _norms[i] * v)] : tangential;
        }
        var c = options.Rule.Scale switch { StepScale.Plain => 1, StepScale.LossBased => 1 / total, _ => 1 / Math.Sqrt(square) };
        var steps = Groups([.. net.Layers.SelectMany((_, k) =>
        {
            double[] Together(List<double[]> groups) => [.. groups.Where((_, i) => LayerOf(i) == k).SelectMany(static v => v)];
            var g = Together(pull).Select(v => c * v).ToArray();
            return _rules[k].Step(g, Together(_x), options.Normalization == Normalization.None ? options.DecayOf(k) : 0);
        })]);
        for (var i = 0; i < _x.Count; i++)
        {
            if (Trains) _norms[i] += eta * _normRules[i].Step([c * normPull[i]], [_norms[i]], options.DecayOf(LayerOf(i)))[0];
            _x[i] = Moved(_x[i], [.. steps[i].Select(v => eta * v)]);
        }
    }

    private bool Trains => options.Normalization != Normalization.None && options.NormRule == NormRule.Trained;

    private double[] Moved(double[] v, double[] g)
    {
        var along = Dot(v, g);
        double[] tangential = [.. g.Zip(v, (a, b) => a - along * b)];
        switch (options.Normalization)
        {
            case Normalization.Coefficient:
                return Unit([.. v.Zip(g, (a, b) => a + b)]);
            case Normalization.Lagrange:
                var alpha = Math.Sqrt(1 - Dot(g, g) + along * along) - along;
                return [.. v.Zip(g, (a, b) => alpha * a + b)];
            case Normalization.Tangent:
                return Unit([.. v.Zip(tangential, (a, b) => a + b)]);
            case Normalization.Geodesic:
                var angle = Length(tangential);
                return [.. v.Zip(tangential, (a, b) => a * Math.Cos(angle) + b / angle * Math.Sin(angle))];
            default:
                return [.. v.Zip(g, (a, b) => a + b)];
        }
    }

    // One group of numbers for each norm: a layer, or a row.
    private List<double[]> Groups(double[] theta)
    {
        var groups = new List<double[]>();
        foreach (var layer in net.Layers)
        {
            if (options.Normalization != Normalization.WeightPerRow) groups.Add(layer.Of(theta).ToArray());
            else for (var r = 0; r < layer.Rows; r++) groups.Add(layer.Of(theta).Slice(r * layer.Columns, layer.Columns).ToArray());
        }
        return groups;
    }

    private int LayerOf(int group)
    {
        if (options.Normalization != Normalization.WeightPerRow) return group;
        var k = 0;
        for (; group >= net.Layers[k].Rows; k++) group -= net.Layers[k].Rows;
        return k;
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (u, v) => u * v).Sum();
    private static double Length(double[] a) => Math.Sqrt(Dot(a, a));
    private static double[] Unit(double[] a) => [.. a.Select(v => v / Length(a))];
}
