using Rhoflow.Data;
using Rhoflow.Lab.Experiments;
using Rhoflow.Lab.Models.Onnx;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Lab.Runs;

/// <summary>A network with its weights, the loss that it was trained on, and data to look at it with.</summary>
public sealed record TrainedNetwork
{
    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>Its layers.</summary>
    public required Network Network { get; init; }

    /// <summary>The graph that another program computes; null: networks here do.</summary>
    public RuntimeGraph? Graph { get; init; }

    /// <summary>θ, P numbers.</summary>
    public required ReadOnlyMemory<double> Theta { get; init; }

    /// <summary>Running means and variances; empty without batch normalization.</summary>
    public ReadOnlyMemory<double> Statistics { get; init; }

    /// <summary>ℓ.</summary>
    public required Loss Loss { get; init; }

    /// <summary>Whether L is Σ_n ℓ_n or its mean.</summary>
    public Reduction Reduction { get; init; } = Reduction.Mean;

    /// <summary>The numbers that its outputs are computed in, as in training.</summary>
    public required Precision Precision { get; init; }

    /// <summary>The training examples.</summary>
    public required Dataset Train { get; init; }

    /// <summary>The test examples; null where there are none.</summary>
    public Dataset? Test { get; init; }

    /// <summary>By which statistics of batch normalization it is looked at; null: see <see cref="DetailConfig.BatchNorm"/>.</summary>
    public BatchNormBy? BatchNorm { get; init; }

    /// <summary>Examples of a minibatch in training; 0: all.</summary>
    public int Batch { get; init; }

    /// <summary>λ of λ‖W‖².</summary>
    public double WeightDecay { get; init; }

    /// <summary>η at the end; NaN for flows.</summary>
    public double LearningRate { get; init; } = double.NaN;

    /// <summary>What is to be known about the data, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
