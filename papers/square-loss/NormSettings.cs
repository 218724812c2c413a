using Rhoflow.Lab.Claims;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>Item "batch normalization and decay, either, neither": what each setting of the small networks ends with.</summary>
/// <param name="Name">In words.</param>
/// <param name="Normalized">Whether batch normalization follows every layer.</param>
/// <param name="Lambda">λ.</param>
internal sealed record NormSettings(string Name, bool Normalized, double Lambda)
{
    /// <summary>All that are compared, the paper's three among them.</summary>
    public static IReadOnlyList<NormSettings> All { get; } =
    [
        new("BN + WD .005", true, .005), new("BN + WD .0005", true, .0005), new("BN alone", true, 0),
        new("WD .005 alone", false, .005), new("WD .0005 alone", false, .0005), new("neither", false, 0),
    ];

    /// <summary>The networks of norms-quick.yaml in this setting, from its three norms and five seeds.</summary>
    public IReadOnlyList<NormSweep.Start> Train(StudyContext context) => NormSweep.WithDecay.Quick(context,
    [
        .. Lambda == .005 ? Array.Empty<string>()
        : [$"descent.weight-decay={Lambda.ToString(System.Globalization.CultureInfo.InvariantCulture)}"],
        .. Normalized ? Array.Empty<string>() : ["network.layers=[{dense: 32}, relu, {dense: 32}, relu, {dense: 32}, relu, {dense: 1}]"],
    ]);

    /// <summary>ρ at the end: the geometric mean over the second half of training, since ρ is noisy with decay.</summary>
    public static double Final(NormTraining run) => Mean(run, "rho");

    /// <summary>The same of ρ_L.</summary>
    public static double FinalLast(NormTraining run) => Mean(run, $"rho_{NormTraining.Layers}");

    /// <summary>A column over the second half of training.</summary>
    public static double[] Late(NormTraining run, string column)
    {
        var epochs = run["epoch"];
        return [.. run[column].Where((_, i) => epochs[i] >= epochs[^1] / 2)];
    }

    private static double Mean(NormTraining run, string column) => Math.Exp(Late(run, column).Average(Math.Log));
}
