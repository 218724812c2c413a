using Rhoflow.Lab.Experiments;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// An experiment made ready: data loaded, network built, starting weights drawn. Whatever is wrong with the experiment is found while it is
/// made ready, before a folder exists.
/// </summary>
public abstract class PreparedRun
{
    /// <param name="experiment">What is made ready.</param>
    /// <exception cref="Data.DataException">A file that belongs to its identity cannot be read.</exception>
    protected PreparedRun(Experiment experiment) => Id = RunIdentity.Id(experiment);

    /// <summary>What was made ready.</summary>
    public abstract Experiment Experiment { get; }

    /// <summary>The identity by which a finished run is found again: 8 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>What the preparation of its data learned, which the folder keeps; null where it has no data.</summary>
    public virtual FittedPreparation? Fitted => null;

    /// <summary>Coordinates of a flow's state, or weights.</summary>
    public abstract int Unknowns { get; }

    /// <summary>Training examples; null where there are none.</summary>
    public abstract int? Examples { get; }

    /// <summary>How often the run is looked at.</summary>
    public abstract int Observations { get; }

    /// <summary>Why something that was asked for cannot be measured, and what to know about what is.</summary>
    public abstract IReadOnlyList<string> Notes { get; }

    /// <summary>How its data were read: every guess, with the key that overrules it. They stand in <see cref="Notes"/> too.</summary>
    public virtual IReadOnlyList<string> DataNotes => [];

    /// <summary>About how many seconds the run takes on one core, from its first steps; writes nothing.</summary>
    public abstract double ForecastSeconds();
}
