using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Observations;

namespace Rhoflow.Measures.Bounds;

/// <summary>
/// What bounds need of the training inputs, which stay the same in a run: computed at the first observation, kept as long as the data are.
/// </summary>
internal sealed class TrainingInputs
{
    private static readonly Once<Dataset, TrainingInputs> s_known = new(static d => new TrainingInputs(d));

    private readonly Dataset _data;
    private readonly Lazy<InputNorms> _norms;
    private readonly Once<Dataset, RademacherComplexity> _linear;
    private readonly Once<Network, RademacherComplexity> _networks;

    private TrainingInputs(Dataset data)
    {
        _data = data;
        _norms = new(() => InputNorms.Of(Matrix()));
        _linear = new((_, cancellation) => RademacherComplexity.Linear(Matrix(), cancellation: cancellation));
        _networks = new((n, cancellation) => new NetworkRademacher().LowerEstimate(n, data.X, cancellation: cancellation));
    }

    public InputNorms Norms => _norms.Value;

    /// <summary>R_N of {w·x : ‖w‖ ≤ 1}.</summary>
    public RademacherComplexity Linear(CancellationToken cancellation = default) => _linear.Of(_data, cancellation);

    public static TrainingInputs Of(Dataset data) => s_known.Of(data);

    /// <summary>R_N(F̃) from below.</summary>
    public RademacherComplexity Of(Network network, CancellationToken cancellation = default) => _networks.Of(network, cancellation);

    private FeatureMatrix Matrix() => _data.StoredAs == typeof(double)
        ? FeatureMatrix.Of(_data.X.ToArray(), _data.Inputs)
        : FeatureMatrix.Of(_data.XAs<float>().ToArray(), _data.Inputs);
}
