using Microsoft.ML.OnnxRuntime;
using Rhoflow.Data;
using Rhoflow.Lab.Models;

namespace Rhoflow.OnnxRuntime;

/// <summary>ONNX Runtime on the processor. Operators are its own: libraries of others are never loaded.</summary>
public sealed class OnnxRuntimeProgram : GraphRuntime
{
    /// <summary>What the program finds.</summary>
    public static GraphRuntime Runtime { get; } = new OnnxRuntimeProgram();

    private OnnxRuntimeProgram() { }

    /// <inheritdoc/>
    public override string Name => $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}";

    /// <inheritdoc/>
    public override GraphSession Open(byte[] model, string folder, int threads)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            using var options = new SessionOptions
            {
                IntraOpNumThreads = threads,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
            return new OnnxRuntimeSession(new InferenceSession(model, options));
        }
        catch (OnnxRuntimeException e)
        {
            throw Refused(e);
        }
    }

    internal static DataException Refused(OnnxRuntimeException e) =>
        new($"ONNX Runtime {OrtEnv.Instance().GetVersionString()} does not compute it: {e.Message.ReplaceLineEndings(" ").Trim()}", e);
}

/// <summary>A session of ONNX Runtime.</summary>
/// <param name="session">It.</param>
internal sealed class OnnxRuntimeSession(InferenceSession session) : GraphSession
{
    /// <inheritdoc/>
    public override IReadOnlyList<GraphArray> Run(string input, ReadOnlySpan<float> x, ReadOnlySpan<int> shape,
        IReadOnlyList<string> outputs)
    {
        try
        {
            using var options = new RunOptions();
            var sizes = Array.ConvertAll(shape.ToArray(), static s => (long)s);
            using var value = session.InputMetadata[input].ElementType == typeof(double)
                ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(x.ToArray(), static v => (double)v), sizes)
                : OrtValue.CreateTensorValueFromMemory(x.ToArray(), sizes);
            using var results = session.Run(options, [input], [value], outputs);
            return [.. results.Select((r, i) => Read(r, outputs[i]))];
        }
        catch (OnnxRuntimeException e)
        {
            throw OnnxRuntimeProgram.Refused(e);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) session.Dispose();
    }

    private static GraphArray Read(OrtValue value, string name)
    {
        var info = value.GetTensorTypeAndShape();
        int[] shape = Array.ConvertAll(info.Shape, static s => (int)s);
        return new GraphArray(shape, info.ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => value.GetTensorDataAsSpan<float>().ToArray(),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double =>
                Array.ConvertAll(value.GetTensorDataAsSpan<double>().ToArray(), static v => (float)v),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float16 =>
                Array.ConvertAll(value.GetTensorDataAsSpan<Float16>().ToArray(), static v => (float)v),
            var other => throw new DataException($"the value '{name}' holds {other} numbers; floating-point numbers are wanted"),
        });
    }
}
