using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>
/// y = γ x̂ + β with x̂ = r (x − μ), r = 1/√(σ² + ε), channel by channel over the M rows (examples and positions) of the minibatch;
/// x̂ = 0 where σ² + ε = 0. With ⟨·⟩ the mean over the rows:
/// <code>
/// δ_x = r γ (δ − ⟨δ⟩ − x̂ ⟨δ x̂⟩)      dγ = Σ δ x̂      dβ = Σ δ
/// x̂˙ = r (ẋ − ⟨ẋ⟩ − x̂ ⟨x̂ ẋ⟩)        ṙ = −r² ⟨x̂ ẋ⟩
/// </code>
/// and <see cref="HessianVectorProduct"/> is the derivative of the first line by the second. By running statistics μ and r are constants.
/// Statistics are formed in float64, the variance from centred values.
/// </summary>
internal sealed class BatchNormOperator<T> : IOperator<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly BatchNormNode _node;
    private readonly int _index, _channels, _gammaAt, _betaAt;
    private readonly Source<T> _source;
    private readonly Slot<T> _target;
    private readonly ChannelSums<T> _sums;
    private readonly ChannelMap<T> _map;
    private readonly double[] _mu, _variance, _r, _gamma;

    // Means over the rows, channel by channel: ⟨ẋ⟩, ⟨x̂ ẋ⟩; ⟨δ⟩, ⟨δ x̂⟩; ⟨δ̇⟩, ⟨δ̇ x̂⟩; ⟨δ x̂˙⟩.
    private readonly double[] _xDot, _xDotHat, _delta, _deltaHat, _deltaDot, _deltaDotHat, _deltaHatDot;
    private bool _byBatch;

    /// <param name="index">The node's number in the network, from 0, for errors.</param>
    public BatchNormOperator(BatchNormNode node, int index, int capacity, Source<T> source, Slot<T> target, Team team)
    {
        (_node, _index, _source, _target, _channels) = (node, index, source, target, node.Shape.Channels);
        (_gammaAt, _betaAt) = (node.Windows.Gamma?.Offset ?? -1, node.Windows.Beta?.Offset ?? -1);
        _sums = new ChannelSums<T>(_channels, checked(capacity * node.Shape.Positions), team);
        _map = new ChannelMap<T>(_channels, team);
        (_mu, _variance, _r, _gamma) = (Numbers(), Numbers(), Numbers(), Numbers());
        (_xDot, _xDotHat, _delta, _deltaHat) = (Numbers(), Numbers(), Numbers(), Numbers());
        (_deltaDot, _deltaDotHat, _deltaHatDot) = (Numbers(), Numbers(), Numbers());
        double[] Numbers() => new double[_channels];
    }

    public void Forward(in Pass<T> pass)
    {
        var rows = Rows(pass);
        SetMap(pass, rows);
        _map.Run(rows, _source.Slot.Value(pass.Examples), [], [], [], _target.Value(pass.Examples), accumulate: false);
    }

    /// <summary>The forward pass by running statistics, for the operator that writes what it reads.</summary>
    public Epilogue<T> Running(in Pass<T> pass, bool isRectified)
    {
        SetMap(pass, 0);
        return _map.After(isRectified);
    }

    private void SetMap(in Pass<T> pass, int rows)
    {
        _byBatch = pass.By == NormalizeBy.Batch;
        if (_byBatch) TakeStatistics(pass, rows);
        else
        {
            _node.Windows.Means!.Value.Of(pass.Statistics).CopyTo(_mu);
            _node.Windows.Variances!.Value.Of(pass.Statistics).CopyTo(_variance);
        }
        for (var c = 0; c < _channels; c++)
        {
            var denominator = _variance[c] + _node.Epsilon;
            _r[c] = denominator > 0 ? 1 / Math.Sqrt(denominator) : 0;
            _gamma[c] = _node.IsAffine ? Gamma(pass.Theta, c) : 1;
            _map.Set(c, _mu[c], _gamma[c] * _r[c], _node.IsAffine ? Beta(pass.Theta, c) : 0);
        }
    }

    /// <summary>μ and σ² of the last pass, into the node's windows; σ² is the mean of squares, as it is divided by.</summary>
    public void CopyStatistics(Span<double> statistics)
    {
        _mu.CopyTo(_node.Windows.Means!.Value.Of(statistics));
        _variance.CopyTo(_node.Windows.Variances!.Value.Of(statistics));
    }

    public void VectorJacobianProduct(in Pass<T> pass)
    {
        int n = pass.Examples, rows = Rows(pass);
        Span<T> x = _source.Slot.Value(n), delta = _target.Delta(n);
        var wantsGradient = _node.IsAffine && !pass.Gradient.IsEmpty;
        if (_byBatch || wantsGradient) Means(rows, delta, x, _mu, _delta, _deltaHat);
        if (wantsGradient) PutGradient(pass.Gradient, rows, _deltaHat, _delta);
        if (!_source.Slot.Moves) return;
        for (var c = 0; c < _channels; c++)
        {
            double scale = _r[c] * _gamma[c], pull = _byBatch ? scale : 0;
            _map.Set(c, _mu[c], -pull * _r[c] * _deltaHat[c], -pull * _delta[c], scale);
        }
        _map.Run(rows, x, delta, [], [], _source.Slot.Delta(n), _source.Accumulate);
    }

    public void JacobianVectorProduct(in Pass<T> pass)
    {
        int n = pass.Examples, rows = Rows(pass);
        var x = _source.Slot.Value(n);
        ReadOnlySpan<T> xDot = _source.Slot.Moves ? _source.Slot.ValueDot(n) : [];
        if (_byBatch && _source.Slot.Moves) Means(rows, xDot, x, _mu, _xDot, _xDotHat);
        else
        {
            Array.Clear(_xDot);
            Array.Clear(_xDotHat);
        }
        for (var c = 0; c < _channels; c++)
        {
            double scale = _r[c] * _gamma[c];
            var (gammaDot, betaDot) = _node.IsAffine ? (Gamma(pass.Direction, c), Beta(pass.Direction, c)) : (0, 0);
            _map.Set(c, _mu[c], _r[c] * (gammaDot - scale * _xDotHat[c]), betaDot - scale * _xDot[c], scale);
        }
        _map.Run(rows, x, xDot, [], [], _target.ValueDot(n), accumulate: false);
    }

    public void HessianVectorProduct(in Pass<T> pass)
    {
        int n = pass.Examples, rows = Rows(pass);
        Span<T> x = _source.Slot.Value(n), delta = _target.Delta(n), deltaDot = _target.DeltaDot(n);
        ReadOnlySpan<T> xDot = _source.Slot.Moves ? _source.Slot.ValueDot(n) : [];
        Means(rows, delta, x, _mu, _delta, _deltaHat);
        Means(rows, deltaDot, x, _mu, _deltaDot, _deltaDotHat);
        Array.Clear(_deltaHatDot);
        if (_source.Slot.Moves)
        {
            // ⟨δ x̂˙⟩ = r ⟨δ (ẋ − ⟨ẋ⟩)⟩ − r ⟨x̂ ẋ⟩ ⟨δ x̂⟩
            _sums.Products(rows, delta, xDot, _xDot);
            for (var c = 0; c < _channels; c++) _deltaHatDot[c] = _r[c] * (_sums.Product[c] / rows - _xDotHat[c] * _deltaHat[c]);
        }
        if (_node.IsAffine)
        {
            for (var c = 0; c < _channels; c++) _deltaHatDot[c] += _deltaDotHat[c];
            PutGradient(pass.Gradient, rows, _deltaHatDot, _deltaDot);
            for (var c = 0; c < _channels; c++) _deltaHatDot[c] -= _deltaDotHat[c];
        }
        if (_source.Slot.Moves) HessianBelow(pass, rows, x, delta, deltaDot, xDot);
    }

    // The derivative of δ_x, ordered by what multiplies δ, δ̇, ẋ and x − μ.
    private void HessianBelow(in Pass<T> pass, int rows, ReadOnlySpan<T> x, ReadOnlySpan<T> delta, ReadOnlySpan<T> deltaDot,
        ReadOnlySpan<T> xDot)
    {
        for (var c = 0; c < _channels; c++)
        {
            double r = _r[c], gamma = _gamma[c], gammaDot = _node.IsAffine ? Gamma(pass.Direction, c) : 0;
            if (!_byBatch)
            {
                _map.Set(c, _mu[c], 0, 0, r * gammaDot, r * gamma, 0);
                continue;
            }
            double q = _xDotHat[c], rDot = -r * r * q;
            double d = gamma * _delta[c], dHat = gamma * _deltaHat[c];
            double dDot = gammaDot * _delta[c] + gamma * _deltaDot[c];
            double dHatDot = gammaDot * _deltaHat[c] + gamma * (_deltaDotHat[c] + _deltaHatDot[c]);
            _map.Set(c, _mu[c],
                centred: r * (2 * r * r * q * dHat - r * dHatDot),
                constant: -rDot * d - r * dDot + r * r * dHat * _xDot[c],
                first: rDot * gamma + r * gammaDot, second: r * gamma, third: -r * r * dHat);
        }
        _map.Run(rows, x, delta, deltaDot, xDot, _source.Slot.DeltaDot(pass.Examples), _source.Accumulate);
    }

    private void TakeStatistics(in Pass<T> pass, int rows)
    {
        if (rows == 1)
            throw new InvalidOperationException(
                $"the batch normalization of node {_index + 1} ({_node.Shape}) cannot normalize 1 example with 1 position by the "
                + "minibatch's own variance; it needs at least 2, or running statistics");
        var x = _source.Slot.Value(pass.Examples);
        _sums.Sum(rows, x);
        for (var c = 0; c < _channels; c++) _mu[c] = _sums.Total[c] / rows;
        _sums.Squares(rows, x, _mu);
        for (var c = 0; c < _channels; c++) _variance[c] = _sums.Total[c] / rows;
        if (pass.Statistics.IsEmpty) return;
        var means = _node.Windows.Means!.Value.Of(pass.Statistics);
        var variances = _node.Windows.Variances!.Value.Of(pass.Statistics);
        for (var c = 0; c < _channels; c++)
        {
            means[c] += _node.Momentum * (_mu[c] - means[c]);
            variances[c] += _node.Momentum * (_variance[c] * rows / (rows - 1) - variances[c]);
        }
    }

    // ⟨u⟩ and r ⟨u (v − centre)⟩
    private void Means(int rows, ReadOnlySpan<T> u, ReadOnlySpan<T> v, double[] centre, double[] mean, double[] product)
    {
        _sums.Products(rows, u, v, centre);
        for (var c = 0; c < _channels; c++) (mean[c], product[c]) = (_sums.Total[c] / rows, _r[c] * _sums.Product[c] / rows);
    }

    private void PutGradient(Span<T> gradient, int rows, double[] ofGamma, double[] ofBeta)
    {
        for (var c = 0; c < _channels; c++)
            (gradient[_gammaAt + c], gradient[_betaAt + c]) = (T.CreateTruncating(rows * ofGamma[c]), T.CreateTruncating(rows * ofBeta[c]));
    }

    private int Rows(in Pass<T> pass) => pass.Examples * _node.Shape.Positions;
    private double Gamma(ReadOnlySpan<T> theta, int c) => double.CreateTruncating(theta[_gammaAt + c]);
    private double Beta(ReadOnlySpan<T> theta, int c) => double.CreateTruncating(theta[_betaAt + c]);
}
