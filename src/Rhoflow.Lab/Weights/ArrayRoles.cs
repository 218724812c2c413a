using System.Text.RegularExpressions;

namespace Rhoflow.Lab.Weights;

/// <summary>The arrays of one normalization.</summary>
/// <param name="Name">What their names begin with.</param>
internal sealed record NormalizationArrays(string Name)
{
    /// <summary>γ.</summary>
    public ArrayInfo? Scale { get; init; }

    /// <summary>β.</summary>
    public ArrayInfo? Shift { get; init; }

    /// <summary>Running means.</summary>
    public ArrayInfo? Mean { get; init; }

    /// <summary>Running variances.</summary>
    public ArrayInfo? Variance { get; init; }

    /// <summary>Its channels.</summary>
    public int Count => (Mean ?? Scale ?? Shift ?? Variance)!.Shape is { Count: 1 or 3 } shape
        ? shape.Aggregate(1, static (a, b) => a * b) : -1;

    /// <summary>What there is of it.</summary>
    public IEnumerable<ArrayInfo> All => new[] { Scale, Shift, Mean, Variance }.OfType<ArrayInfo>();
}

/// <summary>What the arrays of a file are, by their names and ranks: matrices, biases, normalizations, counters.</summary>
internal sealed partial class ArrayRoles
{
    /// <param name="arrays">Those of a file.</param>
    /// <param name="hasDiagonals">Whether the network has diagonal layers, whose weights have one axis.</param>
    public ArrayRoles(IReadOnlyList<ArrayInfo> arrays, bool hasDiagonals)
    {
        ArrayInfo[] full = [.. arrays.Where(static a => a.Shape.Count is 2 or 4)];
        var own = arrays.Where(static a => OwnName().IsMatch(a.Name)).ToArray();
        var counters = arrays.Where(static a => a.Part == Parts.Counter).ToHashSet();
        var left = arrays.Except(full).Except(counters).Where(static a => a.Shape.Count is 1 or 3).ToList();
        foreach (var array in left.Where(static a => a.Shape.Count == 1).ToArray())
        {
            if (full.FirstOrDefault(m => IsBiasOf(array, m)) is not { } matrix) continue;
            Biases[matrix] = array;
            left.Remove(array);
        }
        foreach (var module in left.Where(a => !own.Contains(a)).GroupBy(static a => a.Module))
        {
            ArrayInfo? Part(Func<string, bool> isIt) => module.FirstOrDefault(a => isIt(a.Part));
            var n = new NormalizationArrays(module.Key)
            {
                Scale = Part(Parts.IsScale),
                Shift = Part(Parts.IsShift),
                Mean = Part(Parts.IsMean),
                Variance = Part(Parts.IsVariance),
            };
            // A vector that stands alone may be a diagonal layer.
            if (!n.All.Any() || hasDiagonals && n is { Shift: null, Mean: null, Variance: null }) continue;
            Normalizations.Add(n);
            left.RemoveAll(n.All.Contains);
        }
        Matrices = own.Length > 0 ? own : [.. full, .. hasDiagonals ? left : []];
        HasOwnNames = own.Length > 0;
        Counters = [.. counters];
    }

    /// <summary>What can be a W_k.</summary>
    public IReadOnlyList<ArrayInfo> Matrices { get; }

    /// <summary>Whether they are named W1, W2, …, which is their order.</summary>
    public bool HasOwnNames { get; }

    /// <summary>The bias that belongs to a matrix.</summary>
    public Dictionary<ArrayInfo, ArrayInfo> Biases { get; } = [];

    /// <summary>Normalizations.</summary>
    public List<NormalizationArrays> Normalizations { get; } = [];

    /// <summary>How often batch normalizations were updated.</summary>
    public IReadOnlyList<ArrayInfo> Counters { get; }

    // fc1.bias of fc1.weight; b1 of W1.
    private static bool IsBiasOf(ArrayInfo bias, ArrayInfo matrix) =>
        bias.Part.Length > 0 && bias.Module == matrix.Module && Parts.IsShift(bias.Part)
            || ShortBias().Match(bias.Name) is { Success: true } b && ShortMatrix().Match(matrix.Name) is { Success: true } w
                && b.Groups["k"].Value == w.Groups["k"].Value;

    [GeneratedRegex("^W[1-9][0-9]*$", RegexOptions.None, 1000)]
    private static partial Regex OwnName();

    [GeneratedRegex("^[bB]_?(?<k>[0-9]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShortBias();

    [GeneratedRegex("^[wW]_?(?<k>[0-9]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShortMatrix();
}
