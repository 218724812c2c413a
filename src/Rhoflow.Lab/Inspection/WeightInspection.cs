using System.Text.Json.Nodes;
using Rhoflow.Kernels;
using Rhoflow.Lab.Models;
using Rhoflow.Lab.Runs;
using Rhoflow.Measures.Spectra;
using Rhoflow.Measures.Structure;

namespace Rhoflow.Lab.Inspection;

/// <summary>A tensor of a file: measured, or why not.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Form">"64 × 3 × 3 × 3".</param>
/// <param name="Type">float32 …</param>
/// <param name="WhyNot">Null: it is among the layers.</param>
internal sealed record InspectedTensor(string Name, string Form, string Type, string? WhyNot);

/// <summary>
/// What the weights of a model say without data and without its graph: norms, singular values and the laws of these of every matrix and
/// convolution, the same columns by the same formulas as the families norms, structure and spectra have for a network that is known. Of a
/// convolution it is the matrix maps × patch. One matrix at a time is read.
/// </summary>
/// <param name="Layers">Matrices and convolutions, in the order of the file, which is not always that of the network.</param>
/// <param name="Tensors">All, measured or not.</param>
/// <param name="Measures">Of the whole model.</param>
/// <param name="Spectra">The singular values of the layers; empty where they were left out.</param>
internal sealed record WeightInspection(IReadOnlyList<InspectedLayer> Layers, IReadOnlyList<InspectedTensor> Tensors,
    IReadOnlyList<(string Column, double Value)> Measures, IReadOnlyList<IReadOnlyList<double>> Spectra)
{
    // More inner products than these take 1 GB.
    private const int MostSmaller = 11_585;

    private static readonly string[] s_norms = ["frobenius", "largest"];

    private static readonly string[] s_structure =
        ["spectral", "rank_stable", "effective_rank", "rank", "rank_one_distance", "orthogonal_distance"];

    /// <summary>What was left out of a layer that was measured, and why.</summary>
    public IReadOnlyList<(string What, string Why)> LeftOut { get; init; } = [];

    /// <summary>Numbers in matrices, convolutions, biases and scales.</summary>
    public long Parameters { get; init; }

    /// <summary>Cancelled: what was measured until then is here.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>The families that weights alone have.</summary>
    public static readonly IReadOnlyList<string> Families = ["norms", "structure", "spectra"];

    /// <param name="tensors">Of a file.</param>
    /// <param name="families">Of <see cref="Families"/>; none: all, without what takes long.</param>
    /// <param name="threads">No influence on results.</param>
    /// <param name="watch">What is told where it stands.</param>
    /// <param name="tailReplicates">Of the bootstrap that tests power laws.</param>
    /// <param name="cancellation">Ends the measuring; what was measured before it is given.</param>
    /// <exception cref="Rhoflow.Data.DataException">The file cannot be read, or is damaged where its numbers are.</exception>
    public static WeightInspection Of(IReadOnlyList<Tensor> tensors, IReadOnlyList<string> families, int threads, InspectionWatch watch,
        CancellationToken cancellation = default, int tailReplicates = SpectrumLaws.Replicates)
    {
        var (layers, spectra, listed) = (new List<InspectedLayer>(), new List<IReadOnlyList<double>>(), new List<InspectedTensor>());
        var leftOut = new List<(string, string)>();
        var interrupted = false;
        var parameters = 0L;
        using var team = new Team(threads);
        var matrices = tensors.Count(static t => TensorRole.WhyNot(t) is null);
        foreach (var tensor in tensors)
        {
            var why = TensorRole.WhyNot(tensor);
            if (TensorRole.IsParameter(tensor)) parameters += tensor.Count;
            if (why is null && interrupted) why = "interrupted";
            if (why is null)
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    watch.Progress($"{tensor.Name}, matrix {layers.Count + 1} of {matrices}");
                    why = Measure(tensor);
                }
                catch (OperationCanceledException)
                {
                    (interrupted, why) = (true, "interrupted");
                }
            listed.Add(new InspectedTensor(tensor.Name, tensor.Form, tensor.Type.Word(), why));
        }
        return new WeightInspection(layers, listed, [.. Together(layers), .. SpectraOfWeights.Means(layers)], spectra)
        {
            LeftOut = leftOut,
            Parameters = parameters,
            IsInterrupted = interrupted,
        };

        string? Measure(Tensor tensor)
        {
            var (rows, columns) = TensorRole.Sides(tensor);
            var matrix = new StreamedMatrix(tensor, rows, columns);
            var (largest, bad) = matrix.Largest(cancellation);
            if (bad is { } place) return $"number {place} of it is {largest}";
            bool Wants(string family) => families.Count == 0 || families.Contains(family);
            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            IReadOnlyList<double> spectrum = [];
            var scale = largest > 0 ? largest : 1;
            values["frobenius"] = scale * Math.Sqrt(matrix.SumOfSquares(scale, cancellation));
            values["largest"] = largest;
            if (Wants("structure") || Wants("spectra"))
            {
                var seconds = Seconds(rows, columns);
                var tooLarge = matrix.Smaller > MostSmaller;
                if (tooLarge || families.Count == 0 && seconds > watch.Longest)
                {
                    var norm = matrix.Norm(scale, cancellation).Value;
                    values["spectral"] = norm;
                    values["rank_stable"] = norm > 0 ? values["frobenius"] / norm * (values["frobenius"] / norm) : double.NaN;
                    foreach (var name in s_structure.Skip(2).Concat(Wants("spectra") ? SpectraOfWeights.Columns : []))
                        values[name] = double.NaN;
                    leftOut.Add(($"structure/singular_values of {tensor.Name}", tooLarge
                        ? $"{matrix.Smaller} of them would need more than 1 GB; ‖W‖₂ is by Lanczos"
                        : $"they take about {MeasureWatch.Words(seconds)}; --measures structure; ‖W‖₂ is by Lanczos"));
                }
                else
                {
                    var s = matrix.Spectrum(scale, team, cancellation);
                    double[] of = [s.SpectralNorm, s.StableRank, s.EffectiveRank, s.Rank(StructureMeasures.RankTolerance),
                        s.RankOneDistance, s.OrthogonalDistance];
                    foreach (var (name, value) in s_structure.Zip(of)) values[name] = value;
                    spectrum = s.Values;
                    if (Wants("spectra"))
                        leftOut.AddRange(SpectraOfWeights.Add(values, s.Values, rows, columns, tailReplicates, cancellation)
                            .Select(w => ($"spectra/{w.What} of {tensor.Name}", w.Why)));
                }
            }
            foreach (var name in (string[])[.. Wants("norms") ? [] : s_norms, .. Wants("structure") ? [] : s_structure])
                values.Remove(name);
            layers.Add(new InspectedLayer(tensor.Name, TensorRole.Kind(tensor), [rows, columns], values));
            spectra.Add(spectrum);
            return null;
        }
    }

    /// <summary>The layers, measures and reasons of `inspect --json`.</summary>
    public JsonObject ToJson() => new()
    {
        ["layers"] = new JsonArray([.. Layers.Zip(Spectra, static (l, spectrum) =>
        {
            var layer = new JsonObject
            {
                ["name"] = l.Name,
                ["kind"] = l.Kind,
                ["shape"] = new JsonArray([.. l.Shape.Select(static s => (JsonNode)s)]),
            };
            foreach (var (name, value) in l.Values) layer[name] = RunDocument.Number(value);
            layer["singular_values"] = spectrum.Count == 0 ? null : new JsonArray([.. spectrum.Select(static s => RunDocument.Number(s))]);
            return (JsonNode)layer;
        })]),
        ["measures"] = new JsonObject(Measures.Select(static m => KeyValuePair.Create(m.Column, (JsonNode?)RunDocument.Number(m.Value)))),
        ["tensors"] = new JsonArray([.. Tensors.Select(static t => (JsonNode)new JsonObject
        {
            ["name"] = t.Name,
            ["shape"] = t.Form,
            ["type"] = t.Type,
            ["measured"] = t.WhyNot is null,
        })]),
        ["not_measured"] = new JsonArray([.. Tensors.Where(static t => t.WhyNot is not null)
            .Select(static t => (What: t.Name, Why: t.WhyNot!)).Concat(LeftOut)
            .Select(static n => (JsonNode)new JsonObject { ["what"] = n.What, ["why"] = n.Why })]),
        ["interrupted"] = IsInterrupted,
    };

    // Products of norms leave the range of a double in deep networks: their logarithms do not.
    private static (string, double)[] Together(IReadOnlyList<InspectedLayer> layers)
    {
        double Sum(string name) => layers.Count == 0 ? double.NaN
            : layers.Sum(l => l.Values.TryGetValue(name, out var v) ? Math.Log10(v) : double.NaN);
        double frobenius = Sum("frobenius"), spectral = Sum("spectral");
        return [("frobenius_product", Math.Pow(10, frobenius)), ("log10_frobenius_product", frobenius),
            ("spectral_product", Math.Pow(10, spectral)), ("log10_spectral_product", spectral)];
    }

    // Inner products at 4, reflections at 1.5 billion operations a second, about.
    private static double Seconds(int rows, int columns)
    {
        double n = Math.Min(rows, columns), m = Math.Max(rows, columns);
        return m * n * n / 4e9 + 4.0 / 3 * n * n * n / 1.5e9;
    }
}
