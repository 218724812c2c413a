using Rhoflow.Data;
using Rhoflow.Networks;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>
/// Small labelled sets for deep networks: unit-norm Gaussian directions, labels from a random 3-unit ReLU teacher thresholded at its
/// median.
/// </summary>
internal static class TeacherData
{
    /// <summary>N × d, half the labels +1.</summary>
    public static Dataset Of(long seed, int count, int inputs)
    {
        var random = new RandomStream(seed, stream: 7);
        var teacher = Network.Dense(inputs, 3, 1);
        var weights = Initialization.Normal(teacher, random);
        var x = new double[count * inputs];
        foreach (ref var value in x.AsSpan()) value = random.NextNormal();
        var data = new Dataset($"teacher, seed {seed}", x, new double[count], inputs).UnitNorm();
        var evaluation = new ChainPasses(teacher, data.X, count);
        evaluation.Forward(weights);
        var f = evaluation.Outputs[..count].ToArray();
        var order = f.Order().ToArray();
        var median = (order[(count - 1) / 2] + order[count / 2]) / 2;
        return new Dataset(data.Name, data.X.ToArray(), [.. f.Select(v => v > median ? 1.0 : -1.0)], inputs);
    }
}
