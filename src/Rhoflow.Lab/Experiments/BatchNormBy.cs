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

    /// <summary>One word, or two: by which all is measured, and by which outputs are measured beside it.</summary>
    internal static (BatchNormBy By, BatchNormBy? Beside) ReadWithBeside(ConfigNode node)
    {
        if (node.IsScalar) return (Read(node), null);
        var words = node.List("statistics of batch normalization");
        if (words.Count is < 1 or > 2) throw node.Error("one word, or two: [running, whole-set] measures by running statistics, and "
            + "outputs beside that by those of the whole training set");
        BatchNormBy[] by = [.. words.Select(Read)];
        if (by.Length == 1) return (by[0], null);
        if (by.Select(EvaluatesBy).Distinct().Count() < 2)
            throw words[1].Error("outputs go by the same statistics then; beside running ones stand those of whole-set");
        return (by[0], by[1]);
    }

    /// <summary>What outputs go by: those of minibatches are evaluated by running averages.</summary>
    internal static BatchNormBy EvaluatesBy(BatchNormBy by) => by == BatchNormBy.WholeSet ? by : BatchNormBy.Running;

    /// <summary>What the columns of outputs that are measured beside others begin with: whole_set_ or running_.</summary>
    internal static string Prefix(BatchNormBy by) => EvaluatesBy(by) == BatchNormBy.WholeSet ? "whole_set_" : "running_";

    internal static string Word(BatchNormBy by) => s_words.First(w => w.By == by).Word;
}
