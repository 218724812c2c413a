namespace Rhoflow.Lab.Weights;

/// <summary>The last part of an array's name, as PyTorch, Flax and Keras call it.</summary>
internal static class Parts
{
    private static readonly string[] s_scales = ["weight", "scale", "gamma"];
    private static readonly string[] s_shifts = ["bias", "beta"];
    private static readonly string[] s_means = ["running_mean", "moving_mean", "mean"];
    private static readonly string[] s_variances = ["running_var", "moving_variance", "moving_var", "var"];
    private static readonly string[] s_known = [.. s_scales, .. s_shifts, .. s_means, .. s_variances, "kernel", Counter, "mean", "var"];

    /// <summary>How often batch normalization was updated, which nothing depends on.</summary>
    public const string Counter = "num_batches_tracked";

    /// <summary>Whether a word is the last part of a name.</summary>
    public static bool IsKnown(string word) => s_known.Contains(word.ToLowerInvariant());

    /// <summary>γ of a normalization.</summary>
    public static bool IsScale(string part) => s_scales.Contains(part);

    /// <summary>A bias, or β of a normalization.</summary>
    public static bool IsShift(string part) => s_shifts.Contains(part);

    /// <summary>A running mean.</summary>
    public static bool IsMean(string part) => s_means.Contains(part);

    /// <summary>A running variance.</summary>
    public static bool IsVariance(string part) => s_variances.Contains(part);
}
