using System.Numerics.Tensors;
using Rhoflow.Kernels;
using Rhoflow.Measures.Structure;
using Rhoflow.Numerics;
using Tensor = Rhoflow.Lab.Models.Tensor;

namespace Rhoflow.Lab.Inspection;

/// <summary>
/// A matrix W in a file, read block by block: besides a block only what a computation itself needs is in memory, n × n numbers for all
/// singular values, n = min(rows, columns), and a few vectors for the largest.
/// </summary>
internal sealed class StreamedMatrix
{
    // Numbers of a block: 8 MB.
    private const int Block = 1 << 20;

    // Arrays whose entries lie scattered in their file are held whole up to here: a window of them costs as much as all.
    private const int MostHeld = 1 << 24;

    // A decomposition of the matrix itself is up to here a matter of a second.
    private const double MostDecomposed = 2e7;

    private readonly Tensor _tensor;
    private readonly double[]? _held;

    /// <param name="tensor">Rows · Columns numbers.</param>
    /// <param name="rows">Of the row-major matrix that its numbers are.</param>
    /// <param name="columns">Of it.</param>
    public StreamedMatrix(Tensor tensor, int rows, int columns)
    {
        // W and Wᵀ have the same singular values: the one that is read in the order of the file is looked at.
        if (!tensor.IsContiguous && tensor.Shape.Count == 2 && tensor.Transposed() is { IsContiguous: true } turned)
            (_tensor, Rows, Columns, IsTurned) = (turned, columns, rows, true);
        else (_tensor, Rows, Columns) = (tensor, rows, columns);
        if (_tensor.IsContiguous || _tensor.Count > MostHeld) return;
        _held = new double[_tensor.Count];
        _tensor.Read(0, _held);
    }

    /// <summary>Of the matrix that is looked at: W, or Wᵀ.</summary>
    public int Rows { get; }

    /// <summary>Of the matrix that is looked at: W, or Wᵀ.</summary>
    public int Columns { get; }

    /// <summary>Whether that is Wᵀ.</summary>
    public bool IsTurned { get; }

    /// <summary>n = min(rows, columns).</summary>
    public int Smaller => Math.Min(Rows, Columns);

    /// <summary>max |W_ij|; or the place of the first number that is not finite.</summary>
    public (double Largest, long? NotFinite) Largest(CancellationToken cancellation = default)
    {
        var (largest, buffer) = (0.0, new double[Math.Min(Block, _tensor.Count)]);
        for (var from = 0L; from < _tensor.Count; from += buffer.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _tensor.Count - from));
            Read(from, part);
            var of = Math.Abs(TensorPrimitives.MaxMagnitude<double>(part));
            if (double.IsFinite(of)) largest = Math.Max(largest, of);
            else
                for (var i = 0; i < part.Length; i++)
                    if (!double.IsFinite(part[i])) return (part[i], from + i);
        }
        return (largest, null);
    }

    /// <summary>Σ (W_ij/scale)².</summary>
    public double SumOfSquares(double scale, CancellationToken cancellation = default)
    {
        var (sum, buffer) = (0.0, new double[Math.Min(1 << 14, _tensor.Count)]);
        for (var from = 0L; from < _tensor.Count; from += buffer.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _tensor.Count - from));
            Read(from, part);
            Vectors.Scale(1 / scale, part, part);
            sum += TensorPrimitives.SumOfSquares<double>(part);
        }
        return sum;
    }

    /// <summary>All singular values: of a small matrix by its decomposition, else by <see cref="ByGram"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SingularSpectrum Spectrum(double scale, Team team, CancellationToken cancellation = default)
    {
        if (_tensor.Count > Block || (double)_tensor.Count * Smaller > MostDecomposed) return ByGram(scale, team, cancellation);
        var all = new double[_tensor.Count];
        Read(0, all);
        return SingularSpectrum.Of(all, Rows, Columns, cancellation);
    }

    /// <summary>All singular values, from the n × n matrix of inner products of W/scale.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SingularSpectrum ByGram(double scale, Team team, CancellationToken cancellation = default) =>
        SingularSpectrum.OfGram(Gram(scale, team, cancellation), Smaller, scale, team, cancellation);

    /// <summary>The n × n inner products of the columns of W/scale, or of its rows where there are fewer.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double[] Gram(double scale, Team team, CancellationToken cancellation = default)
    {
        var n = Smaller;
        var gram = new double[n * n];
        if (Columns <= Rows)
            Tall((block, rows, _) => Gemm.Gram<double>(GemmForm.TN, n, rows, block, n, gram, n, accumulate: true, team), scale,
                cancellation);
        else
            Wide((block, width) => Gemm.Gram<double>(GemmForm.NT, n, width, block, width, gram, n, accumulate: true, team), scale,
                cancellation);
        Gemm.Mirror<double>(n, gram, n);
        return gram;
    }

    /// <summary>W/scale times vectors of the smaller side; Wᵀ/scale where rows are the smaller side.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double[][] Images(IReadOnlyList<double[]> vectors, double scale, CancellationToken cancellation = default)
    {
        var tall = Columns <= Rows;
        double[][] images = [.. vectors.Select(_ => new double[tall ? Rows : Columns])];
        Tall((block, rows, first) =>
        {
            for (var i = 0; i < rows; i++)
            {
                var row = block.AsSpan(i * Columns, Columns);
                for (var k = 0; k < images.Length; k++)
                    if (tall) images[k][first + i] = Vectors.Dot(row, vectors[k]);
                    else Vectors.Add(vectors[k][first + i], row, images[k]);
            }
        }, scale, cancellation);
        return images;
    }

    /// <summary>‖W‖₂ by Lanczos on (W/scale)ᵀ(W/scale): the matrix is read once a step.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public OperatorNorm Norm(double scale, CancellationToken cancellation = default)
    {
        var norm = new NormLanczos(Columns).Run((x, z) =>
        {
            Array.Clear(z);
            Tall((block, rows, _) =>
            {
                for (var i = 0; i < rows; i++)
                {
                    var row = block.AsSpan(i * Columns, Columns);
                    Vectors.Add(Vectors.Dot(row, x), row, z);
                }
            }, scale, cancellation);
        }, 300, cancellation: cancellation);
        return norm with { Value = scale * norm.Value, Bound = scale * norm.Bound };
    }

    // Blocks of whole rows: (numbers, how many rows, the first).
    private void Tall(Action<double[], int, int> use, double scale, CancellationToken cancellation)
    {
        var height = Math.Max(1, Math.Min(Rows, Block / Columns));
        var block = new double[height * Columns];
        for (var first = 0; first < Rows; first += height)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = Math.Min(height, Rows - first);
            var numbers = block.AsSpan(0, rows * Columns);
            Read((long)first * Columns, numbers);
            Vectors.Scale(1 / scale, numbers, numbers);
            use(block, rows, first);
        }
    }

    // Blocks of some columns of all rows: (numbers, how many columns).
    private void Wide(Action<double[], int> use, double scale, CancellationToken cancellation)
    {
        var most = Math.Max(1, Math.Min(Columns, Block / Rows));
        var block = new double[Rows * most];
        for (var first = 0; first < Columns; first += most)
        {
            cancellation.ThrowIfCancellationRequested();
            var width = Math.Min(most, Columns - first);
            var numbers = block.AsSpan(0, Rows * width);
            for (var i = 0; i < Rows; i++) Read((long)i * Columns + first, numbers.Slice(i * width, width));
            Vectors.Scale(1 / scale, numbers, numbers);
            use(block, width);
        }
    }

    private void Read(long from, Span<double> to)
    {
        if (_held is not null) _held.AsSpan((int)from, to.Length).CopyTo(to);
        else _tensor.Read(from, to);
    }
}
