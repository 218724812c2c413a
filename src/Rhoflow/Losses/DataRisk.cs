using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Networks;

namespace Rhoflow.Losses;

/// <summary>
/// Network + loss + data, in the numbers <typeparamref name="T"/> that it is to be trained in: what descents go down. L is the mean over
/// examples. A description that owns no room; many replicas and threads may share one.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DataRisk<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <exception cref="DataException">Inputs or labels do not fit the network and loss; the message says which.</exception>
    public DataRisk(Network network, Loss loss, Dataset data)
    {
        if (data.Inputs != network.Inputs)
            throw new DataException($"data '{data.Name}' has {data.Inputs} inputs; the network takes {network.Inputs}");
        if (loss.Refuse(data.Y, network.Outputs) is { } why) throw new DataException($"data '{data.Name}': {why}");
        (Network, Loss, Data) = (network, loss, data);
    }

    public Network Network { get; }
    public Loss Loss { get; }
    public Dataset Data { get; }

    /// <summary>All inputs, row-major N × d.</summary>
    public ReadOnlySpan<T> X => Data.XAs<T>();

    /// <summary>All targets, N.</summary>
    public ReadOnlySpan<double> Y => Data.Y;
}
