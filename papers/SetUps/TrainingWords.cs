using System.Globalization;
using Rhoflow.Lab.Experiments;
using Rhoflow.Numerics;

namespace Rhoflow.Papers.SetUps;

/// <summary>The numbers of a training that set-ups name, as its config has them.</summary>
/// <param name="config">Paper key and file: <c>square-loss/label-noise</c>.</param>
/// <param name="overrides">As on the command line, one value each.</param>
internal sealed class TrainingWords(string config, params string[] overrides)
{
    private readonly DescentExperiment _experiment = (DescentExperiment)FigureConfig.Read(config, overrides);

    /// <summary><c>1,300</c>.</summary>
    public string Epochs => Wording.Count(_experiment.Descent.Epochs);

    /// <summary><c>.05</c>.</summary>
    public string Rate => Wording.Short(_experiment.Descent.LearningRate);

    /// <summary><c>.9</c>.</summary>
    public string Momentum => Wording.Short(_experiment.Descent.Optimizer.Values["momentum"]);

    /// <summary>Examples of a minibatch.</summary>
    public int Batch => _experiment.Descent.Batch;

    /// <summary>Training examples.</summary>
    public string Train => Wording.Count(_experiment.Data!.Train!.Value);

    /// <summary>Test examples.</summary>
    public string Test => Wording.Count(TestCount);

    /// <summary>The same as a number.</summary>
    public int TestCount => _experiment.Data!.Test!.Value;

    /// <summary><c>2,504</c>: how many weights the network has on images of 8 × 8.</summary>
    public string WeightsOnDigits => Wording.Count(OnDigits.ParameterCount);

    /// <summary><c>64-16-16-1</c>: inputs and units of the layers on images of 8 × 8.</summary>
    public string LayersOnDigits =>
        string.Join('-', OnDigits.Layers.Select(static l => l.Rows).Prepend(OnDigits.Inputs));

    /// <summary>Units of the first layer.</summary>
    public int Units => OnDigits.Layers[0].Rows;

    private Networks.Network OnDigits => _experiment.Network!.Build(new TensorShape(8, 8, 1));

    /// <summary><c>.1, 1</c>: numbers as they are written in overrides.</summary>
    public static IEnumerable<string> Numbers(IEnumerable<string> written) =>
        written.Select(static w => Wording.Short(double.Parse(w, CultureInfo.InvariantCulture)));
}
