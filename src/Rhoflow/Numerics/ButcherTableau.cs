namespace Rhoflow.Numerics;

/// <summary>
/// An embedded explicit Runge–Kutta pair as data, whose last stage is the derivative at the new point (first same as last),
/// with the weights of its dense output. It checks its own mathematics when it is made.
/// </summary>
/// <remarks>
/// Stage i evaluates y + h Σ_j a_ij k_j at s + c_i h. Stages 0 … Stages−1 give the step with weights b = row <c>Stages</c> of A;
/// stage <c>Stages</c> is the derivative there; rows after it are evaluated only for dense output,
/// y(s + θh) = y + h Σ_i k_i Σ_j Dense[i][j] θ^{j+1}.
/// </remarks>
internal sealed partial class ButcherTableau
{
    private ButcherTableau(string name, int order, int stages, double[][] a, double[] c, double[] error, double[]? errorLow,
        double[][] dense)
    {
        (Name, Order, Stages, A, C, Error, ErrorLow, Dense) = (name, order, stages, a, c, error, errorLow, dense);
        Validate();
    }

    /// <summary>The 5(4) pair of Dormand and Prince (J. Comput. Appl. Math. 6, 1980) with its free dense output of order 4.</summary>
    public static readonly ButcherTableau DormandPrince54 = new(
        "dormand-prince", order: 5, stages: 6,
        a:
        [
            [],
            [1.0 / 5],
            [3.0 / 40, 9.0 / 40],
            [44.0 / 45, -56.0 / 15, 32.0 / 9],
            [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
            [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
            [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
        ],
        c: [0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1],
        error: [-71.0 / 57600, 0, 71.0 / 16695, -71.0 / 1920, 17253.0 / 339200, -22.0 / 525, 1.0 / 40],
        errorLow: null,
        dense:
        [
            [1, -8048581381.0 / 2820520608, 8663915743.0 / 2820520608, -12715105075.0 / 11282082432],
            [0, 0, 0, 0],
            [0, 131558114200.0 / 32700410799, -68118460800.0 / 10900136933, 87487479700.0 / 32700410799],
            [0, -1754552775.0 / 470086768, 14199869525.0 / 1410260304, -10690763975.0 / 1880347072],
            [0, 127303824393.0 / 49829197408, -318862633887.0 / 49829197408, 701980252875.0 / 199316789632],
            [0, -282668133.0 / 205662961, 2019193451.0 / 616988883, -1453857185.0 / 822651844],
            [0, 40617522.0 / 29380423, -110615467.0 / 29380423, 69997945.0 / 29380423],
        ]);

    public string Name { get; }

    /// <summary>p: the local error is O(h^{p+1}).</summary>
    public int Order { get; }

    /// <summary>Stages of the step itself.</summary>
    public int Stages { get; }

    public double[][] A { get; }
    public double[] C { get; }

    /// <summary>b − b̂ over the stages 0 … Stages.</summary>
    public double[] Error { get; }

    /// <summary>A second, lower-order estimate that steadies the first (8(5,3)); null where there is none.</summary>
    public double[]? ErrorLow { get; }

    public double[][] Dense { get; }

    private void Validate()
    {
        for (var i = 0; i < A.Length; i++)
            Require(Math.Abs(A[i].Sum() - C[i]) < 1e-13, $"row {i} of A must sum to c");
        Require(Math.Abs(A[Stages].Sum() - 1) < 1e-13 && C[Stages] == 1, "the weights must sum to 1");
        Require(Math.Abs(Error.Sum()) < 1e-13, "the error weights must sum to 0");
        for (var i = 0; i < A.Length; i++)
            Require(Math.Abs(Dense[i].Sum() - (i < Stages ? A[Stages][i] : 0)) < 1e-12, "dense output at θ = 1 must be the step");
        // The quadrature conditions Σ b_i c_i^{q−1} = 1/q, q = 1 … p
        for (var q = 1; q <= Order; q++)
        {
            var sum = 0.0;
            for (var i = 0; i < Stages; i++) sum += A[Stages][i] * Math.Pow(C[i], q - 1);
            Require(Math.Abs(sum - 1.0 / q) < 1e-12, $"quadrature condition {q}");
        }
    }

    private void Require(bool condition, string what)
    {
        if (!condition) throw new InvalidOperationException($"Butcher tableau {Name}: {what}");
    }
}
