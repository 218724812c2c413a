using System.Numerics;
using Rhoflow.Kernels;

namespace Rhoflow.Networks;

/// <summary>
/// The batch normalization and the rectifier that follow an operator over its output and that nobody else sees, where outputs are all that
/// is asked for: the operator applies them to what it has just written. The bits are those of the nodes one after the other.
/// </summary>
internal sealed class OutputFusion<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private BatchNormOperator<T>? _norm;
    private RectifierOperator<T>? _rectifier;

    /// <summary>Takes over what the next node does, if it can.</summary>
    public bool Takes(IOperator<T>? next)
    {
        if (_rectifier is not null) return false;
        switch (next)
        {
            case BatchNormOperator<T> norm when _norm is null:
                _norm = norm;
                return true;
            case RectifierOperator<T> { IsRelu: true } rectifier:
                _rectifier = rectifier;
                return true;
            default:
                return false;
        }
    }

    /// <summary>What the operator applies in this pass; nothing where the minibatch's own statistics are needed first.</summary>
    public unsafe Epilogue<T> Of(in Pass<T> pass)
    {
        if (_norm is null) return new Epilogue<T>(null, null, null, _rectifier is not null);
        return pass.By == NormalizeBy.Running ? _norm.Running(pass, _rectifier is not null) : default;
    }

    /// <summary>Runs what the operator could not apply.</summary>
    public void Finish(in Pass<T> pass)
    {
        if (_norm is null || pass.By == NormalizeBy.Running) return;
        _norm.Forward(pass);
        _rectifier?.Forward(pass);
    }
}

/// <summary>An operator that applies what follows it over its output.</summary>
internal interface IFusing<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What it applies.</summary>
    OutputFusion<T> After { get; }
}
