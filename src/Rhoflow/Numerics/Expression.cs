namespace Rhoflow.Numerics;

/// <summary>
/// An arithmetic expression in one variable (t unless named otherwise), in the words of <see cref="ExpressionParser{TPoint}"/>. Evaluated
/// in float64, and through signed logarithms where a value (t itself, or e^t) overflows or underflows.
/// </summary>
internal sealed class Expression
{
    private readonly ExpressionNode<double> _root;

    private Expression(ExpressionNode<double> root) => _root = root;

    /// <summary>The value at t.</summary>
    public double At(double t) => _root.Value(t);

    /// <summary>The natural logarithm of the value at e^<paramref name="logT"/>; NaN where the value is not positive.</summary>
    public double LogAt(double logT)
    {
        var plain = Math.Log(_root.Value(Math.Exp(logT)));
        if (double.IsFinite(plain)) return plain;
        var (sign, log) = _root.Log(logT);
        return sign > 0 ? log : double.NaN;
    }

    /// <param name="text">The expression.</param>
    /// <param name="variable">What the variable is called in it: letters only.</param>
    /// <exception cref="FormatException">Not an expression; the message names the character's position and what is allowed.</exception>
    public static Expression Parse(string text, string variable = "t") =>
        new(new ExpressionParser<double>(text, variable, word => word != variable ? null : new(static t => t, static u => new(1, u)))
            .Whole());
}
