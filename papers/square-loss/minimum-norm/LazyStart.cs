using Rhoflow.Data;
using Rhoflow.Lab.Claims;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>A network trained on the square loss without normalization from layers of one norm, and how far it came from its
/// start.</summary>
/// <param name="Moves">‖W_k − W_k(0)‖/‖W_k(0)‖ at the end, for each layer.</param>
/// <param name="Predicted">The same by the tangent kernel of the start (<see cref="TangentKernel.PredictedMoves"/>).</param>
/// <param name="KernelChange">‖K − K_0‖_F/‖K_0‖_F.</param>
/// <param name="MeanSquare">Mean of (g − y)² at the end.</param>
/// <param name="Rho">∏‖W_k‖ at the end.</param>
internal sealed record LazyStart(double[] Moves, double[] Predicted, double KernelChange, double MeanSquare, double Rho)
{
    /// <summary>Training images, units of the hidden layers, and steps at most.</summary>
    public const int Examples = 10, Units = 32, MostSteps = 60_000;

    /// <summary>‖W_k(0)‖_F, all layers alike, where the outputs are as they start: from larger ones the steps do not come to a
    /// fit.</summary>
    public static IReadOnlyList<double> Norms { get; } = [2, 4, 8, 16];

    /// <summary>The same where they are 0 at the start.</summary>
    public static IReadOnlyList<double> CancelledNorms { get; } = [.. Norms, 32, 64];

    /// <summary>A mean square at which training stops.</summary>
    public const double Fitted = 1e-4;

    /// <summary>One norm, all seeds.</summary>
    /// <param name="context">Who asks.</param>
    /// <param name="norm">‖W_k(0)‖_F.</param>
    /// <param name="cancelled">Whether the start's outputs are 0: targets y + g_0 in place of y, which is the same as g − g_0.</param>
    public static IReadOnlyList<LazyStart> Of(StudyContext context, double norm, bool cancelled) =>
        All.Of(context, (norm, cancelled));

    private static readonly SharedResults<(double Norm, bool Cancelled), LazyStart[]> All = new(static (context, key) =>
        [.. Spread.Seeds.Select(seed => Train(context, key.Norm, key.Cancelled, seed))]);

    private static LazyStart Train(StudyContext context, double norm, bool cancelled, long seed)
    {
        var images = Digits.Load().OfClasses("3", "8").Binary("3").UnitNorm();
        var random = new RandomStream(seed, stream: 121);
        var data = images.Choose(random.Permutation(images.Count)[..Examples]);
        var network = Network.Dense(data.Inputs, Units, Units, 1);
        var start = Initialization.Normal(network, random);
        Initialization.ScaleLayers(network, start, [norm]);
        if (cancelled)
        {
            var y = data.Y.ToArray();
            Vectors.Add(1, new EmpiricalRisk(network, Loss.Square, data, Reduction.Mean).Outputs(start), y);
            data = data.WithTargets(y);
        }
        var risk = new EmpiricalRisk(network, Loss.Square, data, Reduction.Mean);
        var end = new PlainDescent(risk, 0).Run(start, MostSteps, Fitted, context.Cancellation);
        TangentKernel before = new(network, data, start), after = new(network, data, end);
        double[] moves = [.. network.Layers.Select(layer => Vectors.Distance(layer.Of(end), layer.Of(start)) / norm)];
        var norms = new double[network.Depth];
        NormsAndDirections.Norms(network, end, norms);
        return new(moves, [.. before.PredictedMoves(data.Y).Select(m => m / norm)], after.ChangeFrom(before),
            Math.Exp(risk.LogLoss(end)), NormsAndDirections.Product(network, norms));
    }
}
