using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>What moves ρ_k while a unit-norm technique moves V_k.</summary>
public sealed record RhoConfig
{
    /// <summary>As the start has it.</summary>
    public static readonly RhoConfig Constant = new();

    /// <summary>Which of <see cref="RhoKind.All"/>.</summary>
    public RhoKind Kind { get; init; } = RhoKind.Constant;

    /// <summary>schedule: ρ(t), t in epochs or steps.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>rescale: the epochs at which ρ_k are multiplied.</summary>
    public IReadOnlyList<int> At { get; init; } = [];

    /// <summary>rescale: how many epochs lie between two of them; 0: those of <see cref="At"/>.</summary>
    public int Every { get; init; }

    /// <summary>rescale: what they are multiplied by.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The keys of <c>descent.rho</c>: kinds with values of their own.</summary>
    internal static IReadOnlyList<ConfigKey> Described =>
        [.. RhoKind.All.Where(static k => k.Read is not null).Select(static k => k.Described!)];

    internal static RhoConfig Read(ConfigNode? node, NormalizationKind normalization)
    {
        if (node is null) return new RhoConfig { Kind = normalization.UsualRho };
        if (node.IsScalar)
        {
            var word = node.Word([.. RhoKind.All.Where(static k => k.Read is null).Select(static k => k.Name)]);
            return new RhoConfig { Kind = RhoKind.All.First(k => k.Name == word) };
        }
        var map = node.Map(Described);
        var name = map.OneOf([.. Described.Select(static k => k.Name)]);
        return RhoKind.All.First(k => k.Name == name).Read!(map[name]!);
    }

    internal void Write(ConfigWriter writer)
    {
        if (Kind.Write is { } write) write(this, writer);
        else writer.Entry("rho", Kind.Name);
    }
}
