namespace Rhoflow.Approximation;

/// <summary>f(θ; x) − f(x) on points given as one array per variable, a few at a time so that hidden values stay small.</summary>
/// <param name="network">The network.</param>
/// <param name="theta">Its θ.</param>
/// <param name="f">What it approximates.</param>
internal sealed class NetworkDifference(RidgeNetwork network, double[] theta, CompositionalFunction f)
{
    private const int Chunk = 64;

    private readonly RidgePass _pass = new(network, Chunk);
    private readonly double[] _x = new double[f.Inputs];

    /// <summary>errors ← f(θ; x_i) − f(x_i).</summary>
    public void At(double[][] x, Memory<double> errors)
    {
        var span = errors.Span;
        for (var first = 0; first < span.Length; first += Chunk)
        {
            var count = Math.Min(Chunk, span.Length - first);
            _pass.Forward(theta, x, first, count).CopyTo(span[first..]);
        }
        for (var i = 0; i < span.Length; i++)
        {
            for (var j = 0; j < _x.Length; j++) _x[j] = x[j][i];
            span[i] -= f.At(_x);
        }
    }
}
