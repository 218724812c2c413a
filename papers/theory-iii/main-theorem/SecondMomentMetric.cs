using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Networks;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Batch normalization as T3 §11.3 simplifies it, without mean and shift: a unit of the first layer sees w·x/√(wᵀCw), C the second moment
/// of the inputs. In u = C^{½}w, x' = C^{−½}x that is u·x'/‖u‖: weight normalization of rows on whitened inputs.
/// </summary>
internal sealed class SecondMomentMetric
{
    private readonly Matrix<double> _root, _inverse;

    private SecondMomentMetric(Matrix<double> root, Matrix<double> inverse) => (_root, _inverse) = (root, inverse);

    /// <summary>The metric of the inputs; null where they do not span all dimensions.</summary>
    public static SecondMomentMetric? Of(Dataset data)
    {
        var d = data.Inputs;
        var evd = new DenseMatrix(d, d, WhitenedMargin.SecondMoment(data)).Evd(Symmetricity.Symmetric);
        var values = evd.EigenValues.Map(e => e.Real);
        if (values.Minimum() <= 1e-6 * values.Maximum()) return null;
        Matrix<double> Power(double p) =>
            evd.EigenVectors * DenseMatrix.OfDiagonalVector(values.Map(e => Math.Pow(e, p))) * evd.EigenVectors.Transpose();
        return new SecondMomentMetric(Power(.5), Power(-.5));
    }

    /// <summary>x' = C^{−½}x.</summary>
    public Dataset Whiten(Dataset data) => data.WithInputs(Rows(data.X, data.Inputs, _inverse), data.Inputs);

    /// <summary>θ with C^{½} w in place of each row w of the first layer: the same outputs on x'.</summary>
    public double[] ToWhite(Network network, ReadOnlySpan<double> theta) => Replaced(network, theta, _root);

    /// <summary>Back, with every layer of norm 1.</summary>
    public double[] ToInputs(Network network, ReadOnlySpan<double> theta) =>
        TheoremTrace.Split(network, Replaced(network, theta, _inverse)).V;

    private static double[] Replaced(Network network, ReadOnlySpan<double> theta, Matrix<double> by)
    {
        var result = theta.ToArray();
        var first = network.Layers[0];
        Rows(first.Of(theta), first.Columns, by).CopyTo(first.Of(result.AsSpan()));
        return result;
    }

    private static double[] Rows(ReadOnlySpan<double> rows, int columns, Matrix<double> by)
    {
        var result = new double[rows.Length];
        for (var r = 0; r < rows.Length; r += columns)
            (by * DenseVector.OfArray(rows.Slice(r, columns).ToArray())).ToArray().CopyTo(result, r);
        return result;
    }
}
