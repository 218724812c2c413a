namespace Rhoflow.Data;

/// <summary>A change of the inputs before training.</summary>
public enum Transform
{
    /// <summary>x ← x/255, or by the set's own value of a full pixel.</summary>
    ScalePixels,

    /// <summary>x ← x − mean over the training examples.</summary>
    Center,

    /// <summary>x_n ← x_n/‖x_n‖₂.</summary>
    UnitNorm,

    /// <summary>x_n ← (x_n, 1); on images a channel of ones.</summary>
    ConstantInput,
}

/// <summary>Changes of the inputs before training. Pure: each gives a new set, float32 where the old one is, else float64.</summary>
public static class Transforms
{
    /// <summary>x ← x/255, or by the set's own value of a full pixel (<see cref="Dataset.PixelMaximum"/>).</summary>
    public static Dataset ScalePixels(this Dataset data) => data.Apply(Transform.ScalePixels);

    /// <summary>x ← x − mean_n x_n, column by column.</summary>
    public static Dataset Center(this Dataset data) => data.Apply(Transform.Center);

    /// <summary>x_n ← x_n/‖x_n‖₂.</summary>
    /// <exception cref="DataException">An example is zero and has no direction.</exception>
    public static Dataset UnitNorm(this Dataset data) => data.Apply(Transform.UnitNorm);

    /// <summary>
    /// x_n ← (x_n, 1): the bias of the first layer as a weight (T3 §2: no biases apart from a constant input). An image gets a
    /// constant channel, H × W × (C+1), which does the same for a convolution.
    /// </summary>
    public static Dataset ConstantInput(this Dataset data) => data.Apply(Transform.ConstantInput);

    private static Dataset Apply(this Dataset data, Transform step) =>
        data.StoredAs == typeof(float) ? Prepare<float>(data, null, [step]).Train : Prepare<double>(data, null, [step]).Train;

    /// <summary>
    /// A training and a test set through the same steps, stored as <typeparamref name="T"/>. The test set must not influence its own
    /// preparation, so it is moved by the training examples' mean. Each set is converted once and then changed in place: the
    /// peak is the result and the sets that came in.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="DataException">An example is zero and has no direction, or the sets have different inputs.</exception>
    public static (Dataset Train, Dataset? Test) Prepare<T>(Dataset train, Dataset? test, IReadOnlyList<Transform> steps)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        if (test is not null && (test.Inputs != train.Inputs || test.Shape != train.Shape))
            throw new DataException(
                $"data '{test.Name}' has {Form(test)}, but '{train.Name}' has {Form(train)}; training and test examples need the same");
        if (steps.Count == 0 && train.StoredAs == typeof(T) && (test is null || test.StoredAs == typeof(T))) return (train, test);
        var constants = steps.Count(s => s == Transform.ConstantInput);
        var (x, xTest) = (new InputBuffer<T>(train, constants), test is null ? null : new InputBuffer<T>(test, constants));
        foreach (var step in steps)
        {
            double[]? mean = step == Transform.Center ? x.Mean() : null;
            x.Apply(step, mean);
            xTest?.Apply(step, mean);
        }
        return (x.ToDataset(), xTest?.ToDataset());
    }

    private static string Form(Dataset data) => data.Shape is { } s ? $"images of {s}" : $"{data.Inputs} inputs";
}
