using Rhoflow.Descents;
using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>How V_k keeps its norm: the word of configs, its keys, and the coordinates that it stands for.</summary>
/// <param name="Name">In configs: <c>descent.normalization</c>.</param>
/// <param name="Summary">What a step does, with W_k = ρ_k V_k and g = −η∂L/∂V_k.</param>
/// <param name="Coordinates">Those of the library.</param>
public sealed record NormalizationKind(string Name, string Summary, Normalization Coordinates)
{
    /// <summary>W itself moves.</summary>
    public static readonly NormalizationKind None = new("none", "W itself moves", Normalization.None) { Keys = [] };

    /// <summary>Weight normalization, by matrices or by rows.</summary>
    public static readonly NormalizationKind Weight =
        new("weight", "W_k = g v/‖v‖, both trained  (T3 eq. 52, 53; per: matrix | row)", Normalization.Weight)
        {
            Keys = ["per", "rho"],
            ByRows = Normalization.WeightPerRow,
            UsualRho = RhoKind.Trained,
        };

    /// <summary>All of them, as lists show them.</summary>
    public static IReadOnlyList<NormalizationKind> All { get; } =
    [
        None,
        Weight,
        new("coefficient", "V ← (V + g)/‖V + g‖  (T3 eq. 49)", Normalization.Coefficient),
        new("tangent", "V ← V + (I − VVᵀ)g, renormalized  (T3 eq. 50)", Normalization.Tangent),
        new("lagrange", "V ← αV + g with ‖αV + g‖ = 1  (T3 eq. 48)", Normalization.Lagrange),
        new("geodesic", "V moves along the great circle of (I − VVᵀ)g  (T3 §10)", Normalization.Geodesic),
    ];

    /// <summary>Its keys under <c>descent</c>.</summary>
    public IReadOnlyList<string> Keys { get; init; } = ["rho"];

    /// <summary>Its coordinates with <c>per: row</c>; null: it has no such key.</summary>
    public Normalization? ByRows { get; init; }

    /// <summary>What moves ρ_k where the config does not say.</summary>
    public RhoKind UsualRho { get; init; } = RhoKind.Constant;

    /// <summary>True if W_k = ρ_k V_k are kept apart.</summary>
    public bool KeepsNormsApart => Coordinates != Normalization.None;

    /// <summary>True if it has the key.</summary>
    public bool Has(string key) => Keys.Contains(key);

    /// <summary>The coordinates of a descent.</summary>
    public Normalization Build(bool perRow) => perRow && ByRows is { } rows ? rows : Coordinates;

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static NormalizationKind Read(ConfigMap map)
    {
        var name = map["normalization"]?.Word([.. All.Select(static n => n.Name)]) ?? None.Name;
        var kind = All.First(n => n.Name == name);
        if (map.Has("per") && !kind.Has("per")) throw map["per"]!.NoMeaning($"has a meaning for normalization: {Weight} only");
        if (map.Has("rho") && !kind.Has("rho"))
            throw map["rho"]!.NoMeaning($"has a meaning for a normalization other than {None}, which keeps W_k = ρ_k V_k apart only");
        return kind;
    }
}
