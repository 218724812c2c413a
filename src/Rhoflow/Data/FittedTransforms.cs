using System.Numerics;
using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>
/// What the transforms learned from the training examples: the mean that each <see cref="Transform.Center"/> subtracts and the value of a
/// full pixel. Any other examples are changed by these numbers, never by their own.
/// </summary>
/// <param name="Steps">The transforms, in order.</param>
/// <param name="Inputs">d before the first of them.</param>
/// <param name="Shape">The shape of an image before the first of them; null where inputs are no images.</param>
/// <param name="PixelMaximum">What <see cref="Transform.ScalePixels"/> divides by.</param>
/// <param name="Means">One mean for each <see cref="Transform.Center"/>, in their order.</param>
internal sealed record FittedTransforms(IReadOnlyList<InputStep> Steps, int Inputs, TensorShape? Shape, double PixelMaximum,
    IReadOnlyList<double[]> Means)
{
    /// <summary>The training examples changed, and what was learned on the way.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="DataException">An example is zero and has no direction.</exception>
    public static (Dataset Train, FittedTransforms Fitted) Fit<T>(Dataset train, IReadOnlyList<InputStep> steps)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var means = new List<double[]>();
        var fitted = new FittedTransforms(steps, train.Inputs, train.Shape, train.PixelMaximum, means);
        if (fitted.ChangesNothing<T>(train)) return (train, fitted);
        var x = fitted.Buffer<T>(train);
        foreach (var step in steps)
        {
            if (step.Kind == Transform.Center) means.Add(x.Mean());
            x.Apply(step, means.LastOrDefault(), train.PixelMaximum);
        }
        return (x.ToDataset(), fitted);
    }

    /// <summary>Other examples, changed as the training examples were.</summary>
    /// <typeparam name="T">float or double, as for those.</typeparam>
    /// <exception cref="DataException">Their inputs are not those of the training examples, or one is zero and has no
    /// direction.</exception>
    public Dataset Apply<T>(Dataset other) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (other.Inputs != Inputs || other.Shape != Shape)
            throw new DataException($"data '{other.Name}' has {Form(other.Shape, other.Inputs)}, but the training examples have "
                + $"{Form(Shape, Inputs)}; both need the same");
        if (ChangesNothing<T>(other)) return other;
        var x = Buffer<T>(other);
        var center = 0;
        foreach (var step in Steps) x.Apply(step, step.Kind == Transform.Center ? Means[center++] : null, PixelMaximum);
        return x.ToDataset();
    }

    /// <summary>The numbers of an example where the k-th <see cref="Transform.Center"/> is applied, for each of them.</summary>
    public IReadOnlyList<int> CenteredInputs
    {
        get
        {
            var (inputs, channels) = (Inputs, Shape?.Channels ?? Inputs);
            var sizes = new List<int>();
            foreach (var step in Steps)
            {
                if (step.Kind == Transform.Center) sizes.Add(inputs);
                if (step.Kind != Transform.ConstantInput) continue;
                inputs += inputs / channels;
                channels++;
            }
            return sizes;
        }
    }

    /// <summary>"images of 8×8×1" or "3 inputs".</summary>
    public static string Form(TensorShape? shape, int inputs) =>
        shape is { } s ? $"images of {s}" : $"{inputs} input{(inputs == 1 ? "" : "s")}";

    private bool ChangesNothing<T>(Dataset data) => Steps.Count == 0 && data.StoredAs == typeof(T);

    private InputBuffer<T> Buffer<T>(Dataset data) where T : unmanaged, IFloatingPointIeee754<T> =>
        new(data, Steps.Count(static s => s.Kind == Transform.ConstantInput));
}
