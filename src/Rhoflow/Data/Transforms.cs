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

    /// <summary>
    /// Of every channel (x − μ)/σ with ImageNet's constants, for pixels in [0, 1]: μ = .485, .456, .406, σ = .229, .224, .225.
    /// </summary>
    NormalizeImageNet,

    /// <summary>The same with CIFAR-10's: μ = .4914, .4822, .4465, σ = .247, .2435, .2616.</summary>
    NormalizeCifar10,

    /// <summary>The same with those of MNIST's one channel: μ = .1307, σ = .3081.</summary>
    NormalizeMnist,

    /// <summary>The same with constants that are given: <see cref="Transforms.Normalize"/>.</summary>
    Normalize,
}

/// <summary>A transform with the constants that it may need.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Mean">μ of <see cref="Transform.Normalize"/>, one number a channel; null for others.</param>
/// <param name="Deviation">σ of it, as many.</param>
internal sealed record InputStep(Transform Kind, double[]? Mean = null, double[]? Deviation = null)
{
    public static implicit operator InputStep(Transform kind) => new(kind);
}

/// <summary>Changes of the inputs before training. Pure: each gives a new set, float32 where the old one is, else float64.</summary>
public static class Transforms
{
    private const long LargestMonomials = 100_000_000;

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

    /// <summary>
    /// Of every channel (x − μ)/σ: of images one μ and σ for each of their channels, of other inputs one for each input, or one for all.
    /// </summary>
    /// <param name="data">The examples.</param>
    /// <param name="mean">μ.</param>
    /// <param name="deviation">σ, as many, above 0.</param>
    /// <exception cref="ArgumentException">Not as many of each, or a σ that is not above 0.</exception>
    /// <exception cref="DataException">Another number of channels.</exception>
    public static Dataset Normalize(this Dataset data, IReadOnlyList<double> mean, IReadOnlyList<double> deviation)
    {
        if (mean.Count == 0 || mean.Count != deviation.Count || deviation.Any(static d => !(d > 0)))
            throw new ArgumentException($"{mean.Count} means and {deviation.Count} deviations: as many of each, and deviations above 0",
                nameof(deviation));
        return data.Apply(new InputStep(Transform.Normalize, [.. mean], [.. deviation]));
    }

    /// <summary>x_n ← (1, x_n, x_n², …, x_n^degree): the features of a polynomial (T3b §6). In float64.</summary>
    /// <param name="data">Examples with one input.</param>
    /// <param name="degree">At least 0.</param>
    /// <exception cref="DataException">More than one input, or powers or a matrix that leave what can be held.</exception>
    public static Dataset Monomials(this Dataset data, int degree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(degree);
        if (data.Inputs != 1)
            throw new DataException($"data '{data.Name}': monomials are powers of one input; these examples have {data.Inputs}");
        if ((long)data.Count * (degree + 1L) > LargestMonomials)
            throw new DataException($"data '{data.Name}': {data.Count} examples with monomials to degree {degree} are "
                + $"{data.Count * (degree + 1L)} numbers; at most {LargestMonomials} are formed");
        var x = new double[data.Count * (degree + 1)];
        for (var n = 0; n < data.Count; n++)
            for (var j = 0; j <= degree; j++)
            {
                var power = Math.Pow(data.X[n], j);
                if (!double.IsFinite(power))
                    throw new DataException($"data '{data.Name}': example {n} is {data.X[n]}, and its power {j} leaves the range of a "
                        + "double; scale the input to [-1, 1]");
                x[n * (degree + 1) + j] = power;
            }
        return data.WithInputs(x, degree + 1);
    }

    private static Dataset Apply(this Dataset data, InputStep step) =>
        data.StoredAs == typeof(float) ? FittedTransforms.Fit<float>(data, [step]).Train : FittedTransforms.Fit<double>(data, [step]).Train;

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
            throw new DataException($"data '{test.Name}' has {Form(test)}, but '{train.Name}' has {Form(train)}; training and test "
                + "examples need the same");
        var (changed, fitted) = FittedTransforms.Fit<T>(train, [.. steps.Select(static s => (InputStep)s)]);
        return (changed, test is null ? null : fitted.Apply<T>(test));
    }

    private static string Form(Dataset data) => FittedTransforms.Form(data.Shape, data.Inputs);
}
