using Rhoflow.Lab.Config;

namespace Rhoflow.Lab.Experiments;

/// <summary>By which statistics of batch normalization a network is looked at: `observe.batch-norm`.</summary>
public enum BatchNormBy
{
    /// <summary>
    /// Derivatives of the loss that minibatches have, each by its own statistics and through them; outputs, ρ_k and V_k by running ones.
    /// </summary>
    Batch,

    /// <summary>All by the running averages, held fixed: the network as it is evaluated.</summary>
    Running,

    /// <summary>
    /// All by the statistics of the whole training set; derivatives of the loss go through them (those of f̃ by V hold them fixed).
    /// </summary>
    WholeSet,
}

/// <summary>The words of `observe.batch-norm`.</summary>
public static class BatchNormWords
{
    private static readonly (string Word, BatchNormBy By)[] s_words =
        [("batch", BatchNormBy.Batch), ("running", BatchNormBy.Running), ("whole-set", BatchNormBy.WholeSet)];

    internal static BatchNormBy Read(ConfigNode node)
    {
        var word = node.Word([.. s_words.Select(static w => w.Word)]);
        return s_words.First(w => w.Word == word).By;
    }

    /// <summary>The word of an option.</summary>
    /// <exception cref="ConfigException">It is none of the words.</exception>
    public static BatchNormBy Parse(string option, string word)
    {
        foreach (var known in s_words)
            if (known.Word == word) return known.By;
        throw new ConfigException($"{option} {word}: it is one of {string.Join(", ", s_words.Select(static w => w.Word))}");
    }

    internal static string Word(BatchNormBy by) => s_words.First(w => w.By == by).Word;
}
