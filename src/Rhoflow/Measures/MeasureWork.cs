namespace Rhoflow.Measures;

/// <summary>What a measure takes beside one pass over the examples, known before it starts; products with the Hessian are counted by the
/// curvature's own forecast.</summary>
/// <param name="Shared">What measures with this word have in common is computed once; empty: nothing.</param>
/// <param name="Gradients">Forward and backward passes of single examples.</param>
/// <param name="Passes">Backward passes over all training examples.</param>
/// <param name="Operations">Of matrix products and passes, a multiply-add counting 2.</param>
/// <param name="Decomposed">n·m·min(n, m) of matrices that are decomposed one after another, on one thread.</param>
/// <param name="Examples">Forward and backward passes of this many examples, many at a time; the others are not looked at.</param>
internal readonly record struct MeasureWork(
    string Shared = "", double Gradients = 0, double Passes = 0, double Operations = 0, double Decomposed = 0, double Examples = 0)
{
    /// <summary>Nothing worth a word.</summary>
    public static readonly MeasureWork Little = new("");

    /// <summary>−∇L, which measures share that differentiate by the same statistics of batch normalization.</summary>
    /// <param name="ofTheLoss">Through the statistics of the examples, where there are any.</param>
    public static MeasureWork LossGradient(bool ofTheLoss) => new($"gradient of the loss{(ofTheLoss ? ", descended" : "")}", Passes: 1);

    /// <summary>n·m·min(n, m).</summary>
    public static double Decomposing(double rows, double columns) => rows * columns * Math.Min(rows, columns);
}
