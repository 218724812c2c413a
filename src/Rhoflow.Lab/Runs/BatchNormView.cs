using System.Globalization;
using System.Numerics;
using Rhoflow.Data;
using Rhoflow.Kernels;
using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// By which statistics of batch normalization a network is looked at. What is evaluated (outputs, ρ_k, V_k, and derivatives of f̃ by V)
/// goes by statistics that are constants: running averages, or those of the whole training set. Derivatives of the loss are those of the
/// loss
/// that was descended, through the statistics of the examples, unless running ones are asked for.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Loss">ℓ.</param>
/// <param name="Reduction">Whether L is a mean or a sum.</param>
/// <param name="Asked">`observe.batch-norm`; null: not given.</param>
/// <param name="Batch">Examples of a minibatch of the descent; 0: all.</param>
internal sealed record BatchNormView(Network Network, Loss Loss, Reduction Reduction, BatchNormBy? Asked, int Batch)
{
    // Of activations and derivatives of examples that are propagated together: fixed, so that results do not depend on the machine.
    private const long LargestBytes = 8L << 30;

    private bool HasStatistics => Network.StatisticsCount > 0;

    /// <summary>The constants that the network is evaluated by.</summary>
    /// <param name="theta">θ.</param>
    /// <param name="running">The running averages.</param>
    /// <param name="train">The training set.</param>
    /// <param name="cancellation">Ends a pass over all of it.</param>
    public double[] Statistics<T>(ReadOnlySpan<double> theta, ReadOnlySpan<double> running, Dataset train,
        CancellationToken cancellation = default)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!HasStatistics || Asked != BatchNormBy.WholeSet) return running.ToArray();
        var weights = new T[theta.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = T.CreateTruncating(theta[i]);
        using var team = new Team(1) { Cancellation = cancellation };
        return WholeSetStatistics.Of(Network, weights, train.XAs<T>(), team);
    }

    /// <summary>Derivatives in float64.</summary>
    /// <param name="through">Whether those of the descended loss are wanted.</param>
    /// <param name="data">The examples.</param>
    /// <param name="theta">θ.</param>
    /// <param name="statistics">What <see cref="Statistics"/> gave.</param>
    /// <param name="threads">No influence on results.</param>
    /// <param name="cancellation">Looked at by every product.</param>
    public Linearization Linearize(bool through, Dataset data, double[] theta, double[] statistics, int threads,
        CancellationToken cancellation = default)
    {
        var goes = through && HasStatistics && Asked != BatchNormBy.Running && WhyNot(data) is null;
        var batch = Asked == BatchNormBy.Batch ? Batch : 0;
        // A last minibatch of one example has no variance.
        if (goes && batch > 0 && BatchStatistics.WhyNot(Network, data.Count, batch, dropsLast: false) is not null)
            data = data.Choose([.. Enumerable.Range(0, data.Count - 1)]);
        return Linearization.Of<double>(Network, Loss, data, Reduction, theta, statistics, threads, cancellation,
            goes ? NormalizeBy.Batch : NormalizeBy.Running, batch);
    }

    /// <summary>Says by what is measured, where that has to be said.</summary>
    /// <param name="train">The training set.</param>
    /// <param name="sets">The examples that derivatives of the loss are taken on, one set a kind.</param>
    /// <exception cref="ConfigException">What is asked for cannot be had of these data.</exception>
    public IEnumerable<string> Notes(Dataset train, IReadOnlyCollection<Dataset> sets)
    {
        if (!HasStatistics)
        {
            if (Asked is not null) yield return "observe.batch-norm says nothing of this network: it has no batch normalization";
            yield break;
        }
        if (Asked == BatchNormBy.WholeSet && BatchStatistics.WhyNot(Network, train.Count, 0, dropsLast: false) is { } no)
            throw new ConfigException($"observe.batch-norm: whole-set: {no}");
        var evaluated = Asked == BatchNormBy.WholeSet ? "the statistics of the whole training set" : "running statistics";
        if (sets.Count == 0)
        {
            if (Asked is not null) yield return $"with batch normalization outputs, ρ_k and V_k go by {evaluated}";
            yield break;
        }
        if (Asked == BatchNormBy.Running)
        {
            yield return "everything goes by running statistics of batch normalization, held fixed: curvature and gradients are not those "
                + "of the loss that was descended";
            yield break;
        }
        foreach (var set in sets)
        {
            if (WhyNot(set) is not { } why) continue;
            if (Asked is not null) throw new ConfigException($"observe.batch-norm: {BatchNormWords.Word(Asked.Value)}: {why}");
            yield return $"derivatives of the loss on {set.Count} examples go by running statistics of batch normalization, held fixed: "
                + why;
        }
        var own = Asked == BatchNormBy.Batch && Batch > 0
            ? string.Create(CultureInfo.InvariantCulture, $"the statistics of every {Batch} examples in the order of the data")
            : "the statistics of all its examples at once";
        yield return "derivatives of the loss (curvature, gradient_alignment) are those of the loss that is descended: batch "
            + $"normalization by {own}, and through them; outputs, ρ_k, V_k and derivatives of f̃ go by {evaluated}, held fixed "
            + "(observe.batch-norm)";
    }

    // A sentence why examples cannot be propagated by their own statistics.
    private string? WhyNot(Dataset data)
    {
        var size = Asked == BatchNormBy.Batch && Batch > 0 ? Math.Min(Batch, data.Count) : data.Count;
        if (BatchStatistics.WhyNot(Network, size, 0, dropsLast: false) is { } why) return why;
        long numbers = Network.Inputs + Network.Nodes.Sum(static n => (long)n.Shape.Count), bytes = 4 * 8 * numbers * size;
        var largest = Network.Nodes.Max(static n => (long)n.Shape.Count) * size * 8;
        return bytes <= LargestBytes && largest < int.MaxValue - 64 ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{size} examples at once need {bytes / 1e9:0.#} GB of activations and derivatives, {largest / 1e9:0.#} GB of them at one "
                + $"node; at most {LargestBytes / 1e9:0.#} GB and 2.1 GB are taken");
    }
}
