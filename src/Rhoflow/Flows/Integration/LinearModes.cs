using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>
/// The flow of one linear layer under the square loss in closed form, for any t: with X = Σ s_i u_i v_iᵀ the coordinate v_i·w of every
/// output goes from its start to c s_i u_i·y/(c s_i² + λ) as e^{−2(c s_i² + λ)t}, c = 1 for a sum and 1/N for a mean (T3b §11.1, §13);
/// what the data do not see decays as e^{−2λt}. No integrator has to follow rates that lie apart by the square of the condition number.
/// </summary>
internal sealed class LinearModes
{
    private readonly SingularModes _modes;
    private readonly Instant _begin;
    private readonly int _outputs, _inputs;
    private readonly double _factor, _lambda, _outside;     // c, λ, Σ of the squared targets that no w reaches
    private readonly double[] _rates, _logRates;            // 2(c s_i² + λ)
    // By output and mode: limit and start of v_i·w; the start off the modes; u_i·y.
    private readonly double[][] _target, _start, _unseen, _data;

    private LinearModes(UnconstrainedFlow flow, SingularModes modes, ReadOnlySpan<double> theta, Instant begin)
    {
        (_modes, _begin, _lambda) = (modes, begin, flow.Lambda);
        (_outputs, _inputs) = (flow.Network.Outputs, flow.Network.Inputs);
        var data = flow.Risk.Data;
        _factor = flow.Risk.Reduction == Reduction.Mean ? 1.0 / data.Count : 1;
        _logRates = [.. modes.Values.Select(s =>
            Math.Log(2) + Vectors.LogAddExp(Math.Log(_factor) + 2 * Math.Log(s), Math.Log(_lambda)))];
        _rates = [.. _logRates.Select((log, i) => Math.Abs(log) < 600 ? 2 * (_factor * modes.Values[i] * modes.Values[i] + _lambda)
            : Math.Exp(log))];
        var rank = _rates.Length;
        (_target, _start, _unseen, _data) = (Rows(rank), Rows(rank), Rows(_inputs), Rows(rank));
        var y = Targets(flow.Risk);
        for (var c = 0; c < _outputs; c++)
        {
            double[] rest = [.. Enumerable.Range(0, data.Count).Select(n => y[n * _outputs + c])];
            var own = (double[])rest.Clone();
            var w = theta.Slice(c * _inputs, _inputs);
            w.CopyTo(_unseen[c]);
            for (var i = 0; i < rank; i++)
            {
                var s = modes.Values[i];
                _data[c][i] = Compensated.Dot(modes.U[i], own);
                _target[c][i] = _data[c][i] / (s + _lambda / (_factor * s));       // no square of an s of 1e200
                _start[c][i] = Compensated.Dot(modes.V[i], w);
            }
            // The second pass takes away what rounding left in the first.
            for (var pass = 0; pass < 2; pass++)
                for (var i = 0; i < rank; i++)
                {
                    Vectors.Add(-Vectors.Dot(modes.V[i], _unseen[c]), modes.V[i], _unseen[c]);
                    Vectors.Add(-Vectors.Dot(modes.U[i], rest), modes.U[i], rest);
                }
            if (rank < data.Count) _outside += _factor * Vectors.Dot(rest, rest);
        }
    }

    /// <summary>Null where the flow has no closed form of this kind, or its modes cannot be computed precisely.</summary>
    public static LinearModes? Of(Flow flow, ReadOnlySpan<double> theta, IntegrationOptions options, Instant begin)
    {
        if (flow is not UnconstrainedFlow u || options.Method != Method.Auto || options.Until.Tau is not null
            || options.Clock == ClockKind.Tau || u.Risk.Loss is not SquareLoss || !IsOneLayer(u.Network)) return null;
        var data = u.Risk.Data;
        if (Math.Min(data.Count, data.Inputs) > 1000) return null;
        return SingularModes.Of(data.X, data.Count, data.Inputs) is { } modes ? new LinearModes(u, modes, theta, begin) : null;
    }

    /// <summary>Whether θ is one dense matrix and f(x) = Wx.</summary>
    public static bool IsOneLayer(Network network) => network.Depth == 1 && network.IsChain && network.IsLinear
        && network.Layers[0] is { Kind: LayerKind.Dense, Offset: 0 } && network.ParameterCount == network.Outputs * network.Inputs;

    /// <summary>θ at an instant.</summary>
    public void State(Instant at, Span<double> theta)
    {
        for (var c = 0; c < _outputs; c++)
        {
            var w = theta.Slice(c * _inputs, _inputs);
            w.Clear();
            Vectors.Add(Math.Exp(-Times(2 * _lambda, Elapsed(at))), _unseen[c], w);
            for (var i = 0; i < _rates.Length; i++)
            {
                var gone = Gone(Times(i, at));
                Vectors.Add(_start[c][i] + gone * (_target[c][i] - _start[c][i]), _modes.V[i], w);
            }
        }
    }

    /// <summary>log L: of every mode's own residual, so that it goes on to fall where f − y is rounding.</summary>
    public double LogLoss(Instant at)
    {
        var logs = new double[1 + _outputs * _rates.Length];
        logs[^1] = Math.Log(_outside);
        for (var c = 0; c < _outputs; c++)
            for (var i = 0; i < _rates.Length; i++)
            {
                var (limit, excess) = Residual(c, i);
                // Without λ the residual is one exponential, known as such below the smallest double.
                logs[c * _rates.Length + i] = Math.Log(_factor) + 2 * (limit == 0
                    ? Math.Log(Math.Abs(excess)) - Times(i, at) : Math.Log(Math.Abs(limit + excess * Math.Exp(-Times(i, at)))));
            }
        return Vectors.LogSumExp(logs);
    }

    /// <summary>τ = ∫L dt since the beginning.</summary>
    public double Tau(Instant at)
    {
        var elapsed = Elapsed(at);
        var sum = Times(_outside, elapsed);
        for (var c = 0; c < _outputs; c++)
            for (var i = 0; i < _rates.Length; i++)
            {
                var (limit, excess) = Residual(c, i);
                sum += _factor * (Times(limit * limit, elapsed) + 2 * limit * excess * Integral(i, 1, elapsed, at)
                    + excess * excess * Integral(i, 2, elapsed, at));
            }
        return sum;
    }

    /// <summary>Whether the state no longer changes, and a loss that ends the run will not come either.</summary>
    public bool IsAtRest(Instant at, double? log10Loss)
    {
        if (_rates.Length > 0 && Times(_rates.Length - 1, at) < 800) return false;
        if (_lambda > 0 && Times(2 * _lambda, Elapsed(at)) < 800) return false;
        return log10Loss is not { } target || _rates.Length == 0 || _lambda > 0 || Math.Log(_outside) > target * Math.Log(10);
    }

    // s_i v_i·w − u_i·y = limit + excess e^{−rate t}
    private (double Limit, double Excess) Residual(int c, int i)
    {
        var s = _modes.Values[i];
        if (_lambda == 0) return (0, s * _start[c][i] - _data[c][i]);
        var limit = -_lambda * _data[c][i] / (_factor * s * s + _lambda);
        return (limit, s * (_start[c][i] - _target[c][i]));
    }

    private static double Gone(double times) => -double.ExpM1(-times);

    // ∫ e^{−k r t} dt
    private double Integral(int i, int k, double elapsed, Instant at) => k * Times(i, at) is var times and > 1e-9
        ? Gone(times) / (k * _rates[i]) : elapsed;

    // r t, also where r or t leave the range of a double.
    private double Times(int i, Instant at) => double.IsFinite(at.T) && Math.Abs(_logRates[i]) < 600 ? Times(_rates[i], Elapsed(at))
        : Elapsed(at) is 0 ? 0 : Math.Exp(_logRates[i] + (double.IsFinite(at.T) ? Math.Log(Elapsed(at)) : at.LogT));

    private static double Times(double rate, double elapsed) => rate == 0 || elapsed == 0 ? 0 : rate * elapsed;

    private double Elapsed(Instant at) => double.IsFinite(at.T) ? at.T - _begin.T : double.PositiveInfinity;

    private double[][] Rows(int length) => [.. Enumerable.Range(0, _outputs).Select(_ => new double[length])];

    // The loss knows its targets: at f = 0 the weights are 2(t − f).
    private static double[] Targets(EmpiricalRisk risk)
    {
        var (count, outputs) = (risk.Data.Count, risk.Network.Outputs);
        double[] f = new double[count * outputs], t = new double[count * outputs];
        risk.Loss.Evaluate(f, risk.Data.Y, outputs, t);
        foreach (ref var v in t.AsSpan()) v /= 2;
        return t;
    }
}
