using Rhoflow.Lab.Files;
using Rhoflow.Networks;

namespace Rhoflow.Lab.Runs;

/// <summary>
/// The growing files of a run: metrics.csv, arrays/margins.npy, the curves and spectra of measures, and arrays/W.npy, V.npy, rho_k.npy
/// where weights are kept. With batch normalization, which is folded into V and ρ_k, W ≠ ρV: then also V_raw.npy and rho_k_raw.npy, of W.
/// </summary>
internal sealed class ObservationWriter : IDisposable
{
    private readonly RunFolder _folder;
    private readonly MetricsFile _metrics;
    private readonly Npy _margins;
    private readonly Npy[] _arrays;
    private readonly Npy? _w, _v, _rho, _rawV, _rawRho;
    private readonly Network? _network;
    private bool _closed;

    /// <param name="folder">The run's folder.</param>
    /// <param name="table">The columns of metrics.csv and the arrays of measures.</param>
    /// <param name="examples">Margins of an observation.</param>
    /// <param name="weightsOf">The network whose weights are kept; null: they are not.</param>
    /// <param name="keepRows">Rows that stand there already and stay.</param>
    /// <exception cref="InvalidDataException">There are fewer rows, or others.</exception>
    /// <exception cref="RunFolderException">The folder is gone, or another process has taken it over.</exception>
    public ObservationWriter(RunFolder folder, MeasureTable table, int examples, Network? weightsOf, int keepRows)
    {
        string Array(string name) => folder.File(Path.Combine("arrays", name + ".npy"));
        folder.RequireOurs();
        Directory.CreateDirectory(folder.File("arrays"));
        (_folder, Rows) = (folder, keepRows);
        _metrics = MetricsFile.Append(folder.File("metrics.csv"), table.Names, keepRows);
        _margins = Npy.Append(Array("margins"), examples, keepRows);
        _arrays = [.. table.Arrays.Select(a => Npy.Append(Array(a.Name), a.Length, keepRows))];
        if (weightsOf is null) return;
        _w = Npy.Append(Array("W"), weightsOf.ParameterCount, keepRows);
        _v = Npy.Append(Array("V"), weightsOf.ParameterCount, keepRows);
        _rho = Npy.Append(Array("rho_k"), weightsOf.Depth, keepRows);
        if (weightsOf.StatisticsCount == 0) return;
        _network = weightsOf;
        _rawV = Npy.Append(Array("V_raw"), weightsOf.ParameterCount, keepRows);
        _rawRho = Npy.Append(Array("rho_k_raw"), weightsOf.Depth, keepRows);
    }

    /// <summary>Rows in the files.</summary>
    public int Rows { get; private set; }

    /// <summary>Writes one observation: the arrays first, so that every row of metrics.csv has its arrays.</summary>
    /// <exception cref="RunFolderException">The folder is gone, or another process has taken it over.</exception>
    public void Add(Observation observation)
    {
        _folder.RequireOurs();
        var point = observation.Point;
        _margins.Add(point.NormalizedMargins);
        for (var i = 0; i < _arrays.Length; i++) _arrays[i].Add(observation.Arrays[i]);
        _w?.Add(point.Weights());
        _v?.Add(point.V);
        _rho?.Add(point.RhoK);
        if (_network is not null)
        {
            var (v, rho) = (point.Weights(), new double[_network.Depth]);
            NormsAndDirections.Split(_network, v, rho, v);
            _rawV!.Add(v);
            _rawRho!.Add(rho);
        }
        _metrics.Add(observation.Row);
        Rows++;
    }

    /// <summary>Flushes all of them to the disk.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _metrics.Dispose();
        _margins.Dispose();
        foreach (var array in _arrays) array.Dispose();
        _w?.Dispose();
        _v?.Dispose();
        _rho?.Dispose();
        _rawV?.Dispose();
        _rawRho?.Dispose();
    }
}
