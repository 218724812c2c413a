using Rhoflow.Data;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Runs;

/// <summary>The direction that theory predicts for a linear network with one output.</summary>
internal static class LimitDirection
{
    /// <summary>
    /// The hard-margin separator for exponential-type losses, the minimum-norm solution for the square loss; null where there is none, with
    /// a note.
    /// </summary>
    /// <param name="lenient">Data that cannot be separated give a note, not an error.</param>
    /// <exception cref="NotSeparableException">The family direction was named, and the data have none.</exception>
    public static double[]? Of(Dataset train, Loss loss, bool lenient, List<string> notes)
    {
        string why;
        try
        {
            if (loss.HasExponentialTail) return HardMargin.Solve(train).Direction.ToArray();
            var w = MinimumNorm.Of(train).Weights;
            var norm = Vectors.Norm(w);
            if (norm > 0) return [.. w.Select(v => v / norm)];
            why = "the minimum-norm solution is zero";
        }
        catch (NotSeparableException e) when (lenient)
        {
            why = e.Message;
        }
        catch (ArithmeticException e)
        {
            why = e.Message;
        }
        notes.Add($"direction_error is not measured: {why}");
        return null;
    }
}
