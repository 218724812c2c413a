using Rhoflow.Lab.Config;
using Rhoflow.Lab.Experiments;

namespace Rhoflow.Tests.Lab;

/// <summary>Configs that tests start from.</summary>
internal static class Configs
{
    /// <summary>An instance of T3 Fig 2.</summary>
    public const string TwoParameters = """
        name: two-parameter-flow
        data:
          inline: { x: [[1.0, 0.5], [0.4, 1.2]], y: [1, 1] }
        network:
          layers: [ {dense: 1} ]
        init:
          weights: [ [[0.3, -0.1]] ]
        loss: {name: exponential, reduction: sum}
        flow:
          kind: unconstrained
        observe:
          at: {t: [1, 5, 10]}
          measures: [loss, norms, margins]
          weights: true
        """;

    public static FlowExperiment Read(string yaml, params string[] overrides)
    {
        var source = ConfigSource.Parse(yaml, "two.yaml");
        Overrides.Apply(source, Overrides.Expand(overrides, sweep: false)[0]);
        return (FlowExperiment)Experiment.Read(source);
    }
}
