using Rhoflow.Data;
using Rhoflow.Losses;
using Rhoflow.Networks;
using Rhoflow.Numerics;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.SquareLoss;

/// <summary>
/// Memo 112 §6.1: V_k by SQ eq. 6 while ρ is controlled apart from it, or follows SQ eq. 5 with λ = 0. Steps V_k ← V_k + hV̇_k put back
/// on its sphere, h = <see cref="BatchNormModel.SmallSize"/>/(1 + ρ²) as in <see cref="BatchNormModel.ScaledSteps"/>, until the mean of
/// (ρf − y)² is at most <see cref="Fitted"/>.
/// </summary>
internal sealed class PrescribedNorm
{
    /// <summary>The mean of (ρf − y)² at which the data count as fitted.</summary>
    public const double Fitted = .01;

    /// <summary>Steps after which a run ends, fitted or not.</summary>
    public const int MostSteps = 30_000;

    private readonly EmpiricalRisk _risk;
    private readonly double[] _v, _h;

    /// <param name="risk">Square loss, a sum as in the paper.</param>
    /// <param name="theta">The start; only its directions count.</param>
    public PrescribedNorm(EmpiricalRisk risk, ReadOnlySpan<double> theta)
    {
        _risk = risk;
        _v = theta.ToArray();
        Initialization.ScaleLayers(risk.Network, _v, [1]);
        _h = new double[_v.Length];
    }

    /// <summary>ρ now.</summary>
    public double Rho { get; private set; }

    /// <summary>The mean of (ρf − y)² now.</summary>
    public double Loss { get; private set; } = double.PositiveInfinity;

    /// <summary>Steps so far.</summary>
    public int Steps { get; private set; }

    /// <summary>t, the sum of the steps' sizes.</summary>
    public double Time { get; private set; }

    /// <summary>ρ̇ of SQ eq. 5 with λ = 0, times the size of the step.</summary>
    public double OwnStep { get; private set; }

    /// <summary>How ρ is controlled.</summary>
    /// <param name="Name">In legends.</param>
    /// <param name="First">ρ at the start.</param>
    /// <param name="Next">ρ of the next step.</param>
    public sealed record Control(string Name, double First, Func<PrescribedNorm, double> Next);

    /// <summary>SQ eq. 5, λ = 0.</summary>
    /// <param name="rho">ρ(0).</param>
    public static Control Own(double rho) => new("own equation", rho, static run => run.Rho + run.OwnStep);

    /// <summary>ρ = .1 + ct.</summary>
    /// <param name="speed">c.</param>
    public static Control Ramp(double speed) =>
        new($"ρ = .1 + {(speed == 1 ? "" : Wording.Short(speed))}t", .1, run => .1 + speed * run.Time);

    /// <summary>Ramps of three speeds.</summary>
    public static IReadOnlyList<Control> All { get; } = [Ramp(.25), Ramp(1), Ramp(4)];

    /// <summary>Runs to the fit.</summary>
    public PrescribedNorm To(Control control, CancellationToken cancellation = default)
    {
        Rho = control.First;
        for (Steps = 0; Steps < MostSteps; Steps++)
        {
            if (Steps % 1000 == 0) cancellation.ThrowIfCancellationRequested();
            var value = _risk.EvaluateScaled(_v, Rho, _h);
            Loss = Math.Exp(value.LogLoss) / _risk.Data.Count;
            if (Loss <= Fitted) break;
            var h = BatchNormModel.SmallSize / (1 + Rho * Rho);
            OwnStep = h * Math.Exp(value.LogScale) * _risk.WeightedOutput();
            foreach (var layer in _risk.Network.Layers)
            {
                Span<double> v = layer.Of(_v), pull = layer.Of(_h);
                Vectors.Add(-Vectors.Dot(v, pull), v, pull);
                Vectors.Add(h * Rho * Math.Exp(value.LogScale), pull, v);
                Vectors.Scale(1 / Vectors.Norm(v), v, v);
            }
            Time += h;
            Rho = control.Next(this);
        }
        return this;
    }

    /// <summary>y f of the training examples, f of the normalized network.</summary>
    public double[] Margins()
    {
        var f = _risk.Outputs(_v).ToArray();
        for (var n = 0; n < f.Length; n++) f[n] *= _risk.Data.Y[n];
        return f;
    }

    /// <summary>Share of other examples whose sign is missed.</summary>
    public double ErrorOn(Dataset data)
    {
        var passes = new ChainPasses(_risk.Network, data.X, data.Count);
        passes.Forward(_v);
        var missed = 0;
        for (var n = 0; n < data.Count; n++)
            if (passes.Outputs[n] * data.Y[n] * Rho <= 0) missed++;
        return missed / (double)data.Count;
    }
}
