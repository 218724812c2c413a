namespace Rhoflow.Descents;

/// <summary>What the learning rate η is divided by in every step.</summary>
public enum StepScale
{
    /// <summary>Nothing: W ← W − η∇L.</summary>
    Plain,

    /// <summary>
    /// L: W ← W − η∇L/L = W + η∇(−log L) (Lyu and Li 2020). Formed in the log frame, so that training goes on where L itself has left
    /// the range of any number: −∇L = e^s h gives η e^{s − log L} h.
    /// </summary>
    LossBased,

    /// <summary>‖∇L‖ in the coordinates that move (on the spheres: its tangential part): normalized gradient descent, steps of length η.</summary>
    Normalized,
}

/// <summary>η as a function of the epoch (0, 1, …), constant within one.</summary>
public abstract record LearningRate
{
    private protected LearningRate() { }

    /// <summary>η in an epoch.</summary>
    public abstract double At(int epoch);

    /// <summary>The same η always.</summary>
    public static LearningRate Constant(double eta) => new ConstantRate(Positive(eta));

    /// <summary>η, multiplied by <paramref name="factor"/> from each of the milestones on.</summary>
    public static LearningRate Steps(double eta, double factor, params IReadOnlyList<int> milestones) => new SteppedRate(Positive(eta), Positive(factor), milestones);

    /// <summary>η_e = final + (η − final)(1 + cos(πe/epochs))/2; final from then on.</summary>
    public static LearningRate Cosine(double eta, int epochs, double final = 0) => new CosineRate(Positive(eta), epochs >= 1
        ? epochs
        : throw new ArgumentOutOfRangeException(nameof(epochs), epochs, "a cosine schedule needs at least one epoch"), final >= 0 && double.IsFinite(final)
        ? final
        : throw new ArgumentOutOfRangeException(nameof(final), final, "the final learning rate must be finite and not negative"));

    public static implicit operator LearningRate(double eta) => Constant(eta);

    private static double Positive(double value) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "a learning rate and its factor must be positive and finite");

    private sealed record ConstantRate(double Eta) : LearningRate
    {
        public override double At(int epoch) => Eta;
    }

    private sealed record SteppedRate(double Eta, double Factor, IReadOnlyList<int> Milestones) : LearningRate
    {
        public override double At(int epoch)
        {
            var eta = Eta;
            foreach (var milestone in Milestones)
                if (epoch >= milestone) eta *= Factor;
            return eta;
        }
    }

    private sealed record CosineRate(double Eta, int Epochs, double Final) : LearningRate
    {
        public override double At(int epoch) => epoch >= Epochs ? Final : Final + (Eta - Final) * (1 + Math.Cos(Math.PI * epoch / Epochs)) / 2;
    }
}
