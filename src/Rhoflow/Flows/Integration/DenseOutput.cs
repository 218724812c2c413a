using Rhoflow.Numerics;

namespace Rhoflow.Flows;

/// <summary>Whether something has come to pass at clock value s, where the integrated vector is y.</summary>
internal delegate bool Passed(double s, ReadOnlySpan<double> y);

/// <summary>
/// The last step of a trajectory between its ends: states, instants, and the first place at which something has come to pass.
/// </summary>
internal sealed class DenseOutput(ClockedField clocked)
{
    private readonly double[] _buffer = new double[clocked.Length];

    /// <summary>The flow on its clock.</summary>
    public ClockedField Field => clocked;

    /// <summary>Whose last step it is.</summary>
    public required IStepper Stepper { get; set; }

    /// <summary>y(s), valid until the next call.</summary>
    public ReadOnlySpan<double> At(double s)
    {
        Stepper.Interpolate(s, _buffer);
        return _buffer;
    }

    /// <summary>The instant at s.</summary>
    public Instant Instant(double s) => clocked.At(s, At(s));

    /// <summary>By bisection, the first s of the last step at which something has come to pass that is so at its end.</summary>
    /// <param name="high">The end of the step.</param>
    /// <param name="passed">Whether it has.</param>
    public double First(double high, Passed passed)
    {
        var low = Stepper.PreviousS;
        while (high - low > 2e-16 * Math.Abs(high))
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high) break;
            if (passed(middle, At(middle))) high = middle; else low = middle;
        }
        return high;
    }
}
