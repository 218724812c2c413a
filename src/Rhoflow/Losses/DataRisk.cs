using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Networks;

namespace Rhoflow.Losses;

/// <summary>
/// Network + loss + data, in the numbers <typeparamref name="T"/> that it is to be trained in: what descents go down. L is the mean over
/// examples. A description that owns no workspace; many replicas and threads may share one.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DataRisk<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <param name="network">The network.</param>
    /// <param name="loss">ℓ.</param>
    /// <param name="data">The examples.</param>
    /// <exception cref="DataException">Inputs or labels do not fit the network and loss; the message says which.</exception>
    public DataRisk(Network network, Loss loss, Dataset data)
    {
        RiskData.Check(network, loss, data);
        (Network, Loss, Data) = (network, loss, data);
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>ℓ.</summary>
    public Loss Loss { get; }

    /// <summary>The examples.</summary>
    public Dataset Data { get; }

    /// <summary>All inputs, row-major N × d.</summary>
    public ReadOnlySpan<T> X => Data.XAs<T>();

    /// <summary>All targets, N.</summary>
    public ReadOnlySpan<double> Y => Data.Y;
}

/// <summary>What every risk asks of its data.</summary>
internal static class RiskData
{
    /// <exception cref="DataException">Inputs or labels do not fit the network and loss; the message says which.</exception>
    public static void Check(Network network, Loss loss, Dataset data)
    {
        CheckInputs(network, data);
        if (loss.Refuse(data.Y, network.Outputs) is { } why) throw new DataException($"data '{data.Name}': {why}");
    }

    /// <exception cref="DataException">Examples of another width than the network's inputs.</exception>
    public static void CheckInputs(Network network, Dataset data)
    {
        if (data.Inputs != network.Inputs)
            throw new DataException($"data '{data.Name}' has {data.Inputs} inputs; the network takes {network.Inputs}");
    }
}
