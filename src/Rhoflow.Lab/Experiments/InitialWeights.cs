namespace Rhoflow.Lab.Experiments;

/// <summary>Where a run starts.</summary>
/// <param name="Theta">θ, P numbers.</param>
/// <param name="Statistics">Running means and variances of batch normalization; null: as in every new network.</param>
/// <param name="Notes">Which array of a file became what.</param>
public sealed record InitialWeights(double[] Theta, double[]? Statistics, IReadOnlyList<string> Notes);
