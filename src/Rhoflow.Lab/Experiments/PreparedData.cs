using Rhoflow.Data;

namespace Rhoflow.Lab.Experiments;

/// <summary>Examples ready for a network, and what was learned while they were made ready.</summary>
/// <param name="Train">The training examples; of other data, the examples that a trained network is looked at with.</param>
/// <param name="Test">The test examples; null where there are none.</param>
/// <param name="Fitted">What the training examples taught: names of classes, means, scales.</param>
public sealed record PreparedData(Dataset Train, Dataset? Test, FittedPreparation Fitted)
{
    private (Losses.Loss Loss, int Outputs, PreparedData Data)? _coded;

    /// <summary>What was guessed or decided on the way, a sentence each; runs and `inspect` print them.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the file was read, then <see cref="Notes"/>.</summary>
    public IReadOnlyList<string> AllNotes => [.. Train.Reading?.Notes ?? [], .. Notes];

    /// <summary>Whether nothing was learned from these data: their classes have numbers already.</summary>
    internal bool IsOther { get; init; }

    /// <summary>The same with targets that suit loss and outputs; members of a group get one object.</summary>
    /// <exception cref="DataException">Names of classes as numbers to regress on.</exception>
    internal PreparedData For(Experiment e, int outputs)
    {
        if (_coded is { } done && done.Loss == e.Loss.Loss && done.Outputs == outputs) return done.Data;
        var binary = e.Data!.Classes is { Count: 2 };
        if (IsOther && !(binary && outputs == 2)) return this;
        var (train, test) = LabelCoding.Fit(e.Data, Train, Test, e.Loss.Loss, outputs);
        if (ReferenceEquals(train, Train)) return this;
        // Numbers that became classes have names from now on.
        var classes = e.Data.Classes is null && Train.ClassNames is null && !IsOther ? train.ClassNames : Fitted.ClassNames;
        var data = this with { Train = train, Test = test, Fitted = Fitted with { ClassNames = classes } };
        _coded = (e.Loss.Loss, outputs, data);
        return data;
    }

    /// <summary>The two sets.</summary>
    public void Deconstruct(out Dataset train, out Dataset? test) => (train, test) = (Train, Test);
}
