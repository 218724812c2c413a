using System.Globalization;

namespace Rhoflow.Lab.DescentRuns;

/// <summary>Whether a descent that ended at its last epoch had stopped getting anywhere long before, which its last row does not
/// show.</summary>
internal static class Stagnation
{
    // A loss that falls at all falls by more than this factor in half of a training; a training error below is no failure.
    private const double Falls = .01, Errors = .05;

    /// <summary>The sentence; null: it got somewhere, or there is too little to tell.</summary>
    /// <param name="columns">Of metrics.csv.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="schedule">How η changes.</param>
    public static string? Of(string[] columns, IReadOnlyList<double[]> rows, string schedule)
    {
        int epoch = Array.IndexOf(columns, "epoch"), loss = Array.IndexOf(columns, "log10_loss");
        var error = Array.IndexOf(columns, "train_error");
        if (rows.Count == 0 || rows[^1] is not { } last || !(last[error] > Errors) || last[epoch] < 4) return null;
        // The lowest loss of the first half, in which there must be something to compare with.
        var first = rows.Where(r => r[epoch] > 0 && r[epoch] <= last[epoch] / 2 && double.IsFinite(r[loss])).ToArray();
        if (first.Length == 0) return null;
        var best = first.MinBy(r => r[loss])!;
        var late = rows.Where(r => r[epoch] > last[epoch] / 2).Min(r => r[loss]);
        if (!(late > best[loss] + Math.Log10(1 - Falls))) return null;
        var found = string.Create(CultureInfo.InvariantCulture, $"the training loss has not fallen since epoch {best[epoch]:g6}: it was "
            + $"10^{best[loss]:g4} there and is 10^{last[loss]:g4} now, with {100 * last[error]:g3} % of the training examples "
            + $"misclassified. Another learning rate may get further");
        return found + (schedule == "adaptive" ? "" : ", or schedule: adaptive, which finds one");
    }
}
