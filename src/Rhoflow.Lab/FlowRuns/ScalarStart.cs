using Rhoflow.Flows;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Datasets;
using Rhoflow.Lab.Experiments;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Lab.FlowRuns;

/// <summary>
/// What the scalar equations of the norms start from: K, the ρ_k and the margins f_n = y_n f(V; x_n), each as written in the flow (keys
/// layers, rho-k, rho, f), or else taken from init, network and data.
/// </summary>
internal static class ScalarStart
{
    /// <exception cref="ConfigException">No start is given, or the parts disagree about the number of layers.</exception>
    public static FlowProblem Of(FlowExperiment e, DataFolders? folders)
    {
        var f = e.Flow;
        var (norms, margins) = FromNetwork(e, folders);
        norms ??= FromInit(e.Init);
        var own = f.Settings.Get(NormGrowthFlow.NormsKey);
        var given = own ?? norms;
        var layers = f.Settings.Get(NormGrowthFlow.LayersKey)
            ?? (given is { Length: > 1 } ? given.Length : e.Init?.Weights?.Count ?? (given is null ? null : 1))
            ?? throw f.Place.Error("the key 'layers' is missing (norm-growth needs the number K of layers)");
        if (own is null && norms is { Length: > 1 } && norms.Length != layers)
            throw f.Place.Error($"layers: {layers}, but {norms.Length} layers are given by init or network");
        double[] rho;
        if (f.Settings.Get(FlowKeys.Rho) is { } product) rho = [.. Enumerable.Repeat(Math.Pow(product, 1.0 / layers), layers)];
        else if (given is not null) rho = given.Length == 1 ? [.. Enumerable.Repeat(given[0], layers)] : given;
        else
            throw f.Place.Error("norm-growth needs the norms of the start: rho-k (one number, or one per layer), rho (their product), "
                + "init.frobenius or init.weights");
        for (var k = 0; k < rho.Length; k++)
            if (rho[k] == 0) throw f.Place.Error($"layer {k + 1} starts at ρ_{k + 1} = 0, where its equation divides by zero");
        return FlowProblem.OfNorms(rho, margins ?? [], e.Loss.Loss, e.Loss.Reduction);
    }

    private static (double[]? Norms, double[]? Margins) FromNetwork(FlowExperiment e, DataFolders? folders)
    {
        if (e.Data is null || e.Network is null) return (null, null);
        var (train, _) = Preparation.Load(e, folders);
        var network = e.Network.Build(train.Inputs);
        var theta = e.Init!.Start(network, e.Seed, e.Data).Theta;
        var norms = new double[network.Depth];
        NormsAndDirections.Split(network, theta, norms, theta);
        var margins = new EmpiricalRisk(network, e.Loss.Loss, train).Outputs(theta).ToArray();
        for (var n = 0; n < margins.Length; n++) margins[n] *= train.Y[n];
        return (norms, margins);
    }

    private static double[]? FromInit(InitConfig? init) => init switch
    {
        null => null,
        { Frobenius: { } norms } => [.. norms],
        { Weights: { } weights } => [.. weights.Select(static w => Math.Sqrt(w.Sum(static row => row.Sum(static v => v * v))))],
        _ => null,
    };
}
