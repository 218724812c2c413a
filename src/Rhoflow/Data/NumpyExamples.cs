using Rhoflow.Numerics;

namespace Rhoflow.Data;

/// <summary>Arrays of inputs and labels on their way to examples: shapes, the axes of images, classes.</summary>
/// <param name="Name">What the set is called.</param>
/// <param name="XName">What errors call the inputs.</param>
/// <param name="X">N × d, N × H × W, N × H × W × C or N × C × H × W.</param>
/// <param name="YName">What errors call the labels.</param>
/// <param name="Y">N.</param>
/// <param name="Format">What is not to be guessed.</param>
internal sealed record NumpyExamples(string Name, string XName, NumpyArray X, string YName, NumpyArray Y, DataFormat Format)
{
    /// <summary>The file in notes.</summary>
    public string File { get; init; } = Path.GetFileName(XName);

    /// <summary>Where the labels come from.</summary>
    public required string Label { get; init; }

    /// <summary>How they were read.</summary>
    public IReadOnlyList<string> Facts { get; set; } = [];

    /// <summary>The examples.</summary>
    /// <param name="other">The other part of the set: what labels are is seen from both.</param>
    /// <exception cref="DataException">Shapes that do not fit, or axes of images that may be meant in two ways.</exception>
    public Dataset Build(NumpyExamples? other)
    {
        var sizes = X.Sizes;
        if (sizes.Count is < 2 or > 4 || sizes.Contains(0) || X.Values is string[])
            throw new DataException($"{XName}: inputs of shape ({string.Join(", ", sizes)})"
                + (X.Values is string[]? ", which are text; numbers were expected" : "; N × d, N × H × W or N × H × W × C was expected"));
        RequireOnePerExample();
        other?.RequireOnePerExample();
        if (Y.Sizes[0] != sizes[0]) throw new DataException($"{YName}: {Y.Sizes[0]} labels for the {sizes[0]} examples of {XName}");
        var (shape, values, facts) = Images();
        var (y, classes, all) = Targets(other);
        var inputs = shape?.Count ?? sizes[1];
        var data = values switch
        {
            byte[] v => Dataset.Of(Name, v, y, inputs, classes, shape),
            float[] v => Dataset.Of(Name, v, y, inputs, classes, shape),
            _ => Dataset.Of(Name, (double[])values, y, inputs, classes, shape),
        };
        return data.WithReading(new DataReading
        {
            File = File,
            Label = Label,
            LabelValues = all,
            HasNamedClasses = Y.Values is string[],
            Facts = [.. Facts, .. facts],
        });
    }

    private void RequireOnePerExample()
    {
        if (Y.Sizes is [> 0] or [> 0, 1]) return;
        var oneHot = Y.Sizes is [_, > 1] && Y.Values is not string[]? "; if they are one-hot, save y.argmax(axis=1)" : "";
        throw new DataException($"{YName}: labels of shape ({string.Join(", ", Y.Sizes)}); one number per example was expected{oneHot}");
    }

    private (double[] Y, string[]? Classes, IReadOnlyList<double>? All) Targets(NumpyExamples? other)
    {
        if (Y.Values is string[] texts)
        {
            if (Array.FindIndex(texts, string.IsNullOrWhiteSpace) is >= 0 and var empty)
                throw new DataException($"{YName}: label {empty} is an empty text; every example needs a label");
            // Classes stand in the order of appearance in the training part, which is the first.
            var training = Name.EndsWith(" test", StringComparison.Ordinal) && other is not null;
            var rest = other?.Y.Values as string[] ?? (other is null ? []
                : throw new DataException($"{YName}: these labels are text, those of {other.YName} numbers; both need to be the same"));
            string[] names = [.. (training ? rest.Concat(texts) : texts.Concat(rest)).Distinct(StringComparer.Ordinal)];
            var indices = names.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i, StringComparer.Ordinal);
            return (Array.ConvertAll(texts, t => (double)indices[t]), names, null);
        }
        if (other?.Y.Values is string[])
            throw new DataException($"{YName}: these labels are numbers, those of {other.YName} text; both need to be the same");
        var y = Numbers(Y);
        double[] all = other is null ? y : [.. y, .. Numbers(other.Y)];
        return (y, Csv.IndexNames(all), DataReading.ValuesOf(all));
    }

    private static double[] Numbers(NumpyArray y) => y.Values switch
    {
        byte[] v => Array.ConvertAll(v, static b => (double)b),
        float[] v => Array.ConvertAll(v, static f => (double)f),
        _ => (double[])y.Values,
    };

    // Images are kept N × H × W × C. Which axis has the channels is seen where one of two has 1 or 3 and the other has not.
    private (TensorShape? Shape, Array Values, string[] Facts) Images()
    {
        if (X.Sizes.Count == 2) return (null, X.Values, []);
        if (X.Sizes is [_, var rows, var columns]) return (Fits(rows, columns, 1), X.Values, [$"images of {rows} × {columns}"]);
        var s = X.Sizes;
        bool first = s[1] is 1 or 3, last = s[3] is 1 or 3;
        if (Format.Layout is null && first == last)
            throw new DataException(
                $"{XName}: images of shape ({string.Join(", ", s)}) may be N × C × H × W or N × H × W × C: data.layout: "
                + "nchw (as PyTorch has them) or nhwc (as TensorFlow and image files) says which");
        var channelsFirst = Format.Layout is { } given ? given == "nchw" : first;
        var shape = channelsFirst ? Fits(s[2], s[3], s[1]) : Fits(s[1], s[2], s[3]);
        return (shape, channelsFirst ? ChannelsLast() : X.Values,
            [$"images: {(channelsFirst ? "N × C × H × W (nchw)" : "N × H × W × C (nhwc)")}, {shape.Height} × {shape.Width}, "
                + $"{shape.Channels} "
                + (shape.Channels == 1 ? "channel" : "channels")]);
    }

    private TensorShape Fits(int height, int width, int channels) => (long)height * width * channels <= int.MaxValue / 4
        ? new(height, width, channels)
        : throw new DataException($"{XName}: images of {height} × {width} × {channels} are more than this program can hold");

    private Array ChannelsLast() => X.Values switch
    {
        byte[] v => ChannelsLast(v),
        float[] v => ChannelsLast(v),
        _ => ChannelsLast((double[])X.Values),
    };

    private T[] ChannelsLast<T>(T[] from)
    {
        var (n, channels, positions) = (X.Sizes[0], X.Sizes[1], X.Sizes[2] * X.Sizes[3]);
        var to = new T[from.Length];
        for (var i = 0; i < n; i++)
            for (var c = 0; c < channels; c++)
                for (var p = 0; p < positions; p++)
                    to[(i * positions + p) * channels + c] = from[(i * channels + c) * positions + p];
        return to;
    }
}
