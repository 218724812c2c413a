using Rhoflow.Flows;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Outside;

/// <summary>
/// Gradient flow in a box: Ẇ = −∂L/∂W, but a weight that reaches ±bound stays there while the flow would push it out. A flow of another
/// assembly with a discrete mode of its own, the faces of the box that the weights lie on.
/// </summary>
public sealed class BoxFlow(EmpiricalRisk risk, double bound) : Flow(risk, risk.Network)
{
    /// <summary>In configs: box.</summary>
    public static FlowKind Definition { get; } = new("box", "Ẇ = −∂L/∂W, |w_i| ≤ 1", "a test", [],
        static (_, problem) => new BoxFlow(problem.Risk, 1));

    /// <inheritdoc/>
    public override FlowKind Kind => Definition;

    /// <inheritdoc/>
    public override int Dimension => Network.ParameterCount;

    /// <inheritdoc/>
    public override double[] Start(ReadOnlySpan<double> theta) => [.. theta.ToArray().Select(w => Math.Clamp(w, -bound, bound))];

    /// <inheritdoc/>
    protected override double Field(FlowWorkspace work, double logT, ReadOnlySpan<double> state, Span<double> velocity)
    {
        var scale = work.Risk.Evaluate(state, velocity).LogScale;
        ((Faces)work.Mode!).Hold(velocity);
        return scale;
    }

    /// <inheritdoc/>
    public override void Split(double logT, ReadOnlySpan<double> state, Span<double> rho, Span<double> v) =>
        NormsAndDirections.Split(Network, state, rho, v);

    /// <inheritdoc/>
    protected override IFlowMode CreateMode(FlowWorkspace work) => new Faces(work, bound);

    // −1, 0 or 1 for every weight: held at −bound, free, held at bound.
    private sealed class Faces(FlowWorkspace work, double bound) : IFlowMode
    {
        private readonly double[] _face = new double[work.Flow.Dimension], _pull = new double[work.Flow.Dimension];

        public void Hold(Span<double> velocity)
        {
            for (var i = 0; i < _face.Length; i++)
                if (_face[i] != 0) velocity[i] = 0;
        }

        public void Begin(double logT, ReadOnlySpan<double> state)
        {
            Array.Clear(_face);
            Cross(logT, state);
        }

        public string? Violation(double logT, ReadOnlySpan<double> state)
        {
            work.Risk.Evaluate(state, _pull);
            for (var i = 0; i < _face.Length; i++)
                if (Right(i, state) != _face[i]) return $"weight {i} {(_face[i] == 0 ? "reaches" : "leaves")} the box's face";
            return null;
        }

        public void Cross(double logT, ReadOnlySpan<double> state)
        {
            work.Risk.Evaluate(state, _pull);
            for (var i = 0; i < _face.Length; i++) _face[i] = Right(i, state);
        }

        public double[] Save() => [.. _face];

        public int Restore(ReadOnlySpan<double> numbers)
        {
            numbers[.._face.Length].CopyTo(_face);
            return _face.Length;
        }

        // A weight on a face is held there while the pull points out of the box.
        private double Right(int i, ReadOnlySpan<double> state)
        {
            var side = Math.Sign(state[i]);
            var isOn = _face[i] == side || Math.Abs(state[i]) >= bound;
            return isOn && _pull[i] * side > 0 ? side : 0;
        }
    }
}
