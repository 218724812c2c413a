using System.Globalization;
using System.Numerics;

namespace Rhoflow.Descents;

/// <summary>How large the numbers of a state may become: a step that could lead beyond is not taken.</summary>
internal static class StepRange<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A quarter of the largest number, so that sums of a few stay finite.</summary>
    public static readonly double Limit = (typeof(T) == typeof(float) ? float.MaxValue : double.MaxValue) / 4;

    /// <summary>Why a step was not taken.</summary>
    public static string Left(string where) => string.Create(CultureInfo.InvariantCulture,
        $"the weights would leave the range of {(typeof(T) == typeof(float) ? "float32" : "float64")}, first in {where}");
}
