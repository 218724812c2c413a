namespace Rhoflow.Descents;

/// <summary>η as a function of the epoch (0, 1, …), constant within one.</summary>
public abstract record LearningRate
{
    private protected LearningRate() { }

    /// <summary>η in an epoch.</summary>
    public abstract double At(int epoch);

    /// <summary>The same η always.</summary>
    public static LearningRate Constant(double eta) => new ConstantRate(Positive(eta));

    /// <summary>η, multiplied by <paramref name="factor"/> from each of the milestones on.</summary>
    public static LearningRate Steps(double eta, double factor, params IReadOnlyList<int> milestones) =>
        new SteppedRate(Positive(eta), Positive(factor), milestones);

    /// <summary>η_e = final + (η − final)(1 + cos(πe/epochs))/2; final from then on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">η is not positive, epochs are below 1, or the final rate is negative.</exception>
    public static LearningRate Cosine(double eta, int epochs, double final = 0)
    {
        if (epochs < 1) throw new ArgumentOutOfRangeException(nameof(epochs), epochs, "a cosine schedule needs at least one epoch");
        if (!(final >= 0 && double.IsFinite(final)))
            throw new ArgumentOutOfRangeException(nameof(final), final, "the final learning rate must be finite and not negative");
        return new CosineRate(Positive(eta), epochs, final);
    }

    /// <summary>A number is a constant rate.</summary>
    public static implicit operator LearningRate(double eta) => Constant(eta);

    private static double Positive(double value) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "a learning rate and its factor must be positive and finite");

    private sealed record ConstantRate(double Eta) : LearningRate
    {
        /// <inheritdoc/>
        public override double At(int epoch) => Eta;
    }

    private sealed record SteppedRate(double Eta, double Factor, IReadOnlyList<int> Milestones) : LearningRate
    {
        /// <inheritdoc/>
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
        /// <inheritdoc/>
        public override double At(int epoch) =>
            epoch >= Epochs ? Final : Final + (Eta - Final) * (1 + Math.Cos(Math.PI * epoch / Epochs)) / 2;
    }
}
