namespace Rhoflow.Descents;

/// <summary>A set of epochs (0, 1, …), at the beginning of which something is done.</summary>
public abstract record Epochs
{
    private protected Epochs() { }

    /// <summary>True if the epoch belongs to the set.</summary>
    public abstract bool Contains(int epoch);

    /// <summary>These epochs.</summary>
    public static Epochs At(params IReadOnlyList<int> epochs) => new Listed([.. epochs]);

    /// <summary>first, first + n, … up to last.</summary>
    public static Epochs Every(int n, int first = 0, int last = int.MaxValue) =>
        n >= 1 ? new Periodic(n, first, last) : throw new ArgumentOutOfRangeException(nameof(n), n, "epochs are at least 1 apart");

    /// <summary>⌈first · ratio^i⌉, i = 0, 1, …: evenly spaced in the logarithm of time.</summary>
    public static Epochs Geometric(int first, double ratio) => first >= 1 && ratio > 1
        ? new Spaced(first, ratio)
        : throw new ArgumentOutOfRangeException(nameof(ratio), ratio,
        "geometric epochs need a first epoch of at least 1 and a ratio above 1");

    private sealed record Listed(HashSet<int> Members) : Epochs
    {
        /// <inheritdoc/>
        public override bool Contains(int epoch) => Members.Contains(epoch);
    }

    private sealed record Periodic(int N, int First, int Last) : Epochs
    {
        /// <inheritdoc/>
        public override bool Contains(int epoch) => epoch >= First && epoch <= Last && (epoch - First) % N == 0;
    }

    private sealed record Spaced(int First, double Ratio) : Epochs
    {
        /// <inheritdoc/>
        public override bool Contains(int epoch)
        {
            for (double next = First; next <= epoch; next *= Ratio)
                if ((int)Math.Ceiling(next) == epoch) return true;
            return false;
        }
    }
}
