using Rhoflow.Kernels;

namespace Rhoflow.Numerics.Eigen;

/// <summary>Orthonormal vectors, by Gram–Schmidt done twice: orthogonal to rounding whatever comes (Giraud et al. 2005).</summary>
internal sealed class OrthonormalBasis(int size, int capacity, Team team)
{
    private readonly double[] _h = new double[capacity], _g = new double[capacity], _room = new double[size];

    public VectorSet Vectors { get; } = new(size, capacity, team);

    public int Count => Vectors.Count;

    public double[] this[int i] => Vectors[i];

    /// <summary>w loses its part in the basis, Vᵀw goes to h; ‖w‖ of what is left.</summary>
    public double Orthogonalize(double[] w, double[] h)
    {
        Vectors.Dots(w, h);
        Vectors.Subtract(h, w);
        Vectors.Dots(w, _h);
        Vectors.Subtract(_h, w);
        for (var i = 0; i < Count; i++) h[i] += _h[i];
        return Numerics.Vectors.Norm(w);
    }

    /// <summary>A vector that is orthogonal to the basis already, of the given norm, joins it.</summary>
    public void Append(double[] w, double norm) => Vectors.Append(w, 1 / norm);

    /// <summary>What is left of w joins the basis, unless it is less than <paramref name="relative"/> of w.</summary>
    /// <param name="w">Overwritten.</param>
    public bool TryAppend(double[] w, double relative = 1e-12)
    {
        var before = Numerics.Vectors.Norm(w);
        if (Count == Vectors.Capacity || before == 0) return false;
        Numerics.Vectors.Scale(1 / before, w, w);
        var left = Orthogonalize(w, _g);
        if (left <= relative) return false;
        // Little was left, and rounding errors are large relative to it: once more.
        if (left < 0.1)
        {
            Numerics.Vectors.Scale(1 / left, w, w);
            left = Orthogonalize(w, _g);
        }
        Append(w, left);
        return true;
    }

    /// <summary>A random direction orthogonal to all there are; there must be one.</summary>
    public void AppendRandom(RandomStream random)
    {
        do
            foreach (ref var r in _room.AsSpan()) r = random.NextNormal();
        while (!TryAppend(_room));
    }
}
