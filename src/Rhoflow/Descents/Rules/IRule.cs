using System.Numerics;

namespace Rhoflow.Descents;

/// <summary>
/// A small rule of a descent, as an init/update pair: immutable itself, it makes updates that have a state. In a step the direction
/// u = −∇L (with the decay of the weights, scaled as <see cref="StepScale"/> says) goes through the rules of an
/// <see cref="Optimizer"/> in their order; then u is multiplied by η, and the coordinates move by it: W itself by W ← W + ηu.
/// </summary>
/// <remarks>
/// To add one: a record that implements this interface, and a record that derives from <see cref="Optimizer"/> and names it, in one file.
/// <c>Sign</c> is the smallest example without a state, <see cref="Momentum"/> with one.
/// </remarks>
public interface IRule
{
    /// <summary>
    /// True if the rule needs every weight matrix whole, false if it works number by number. Rules of the first kind get one layer after
    /// the
    /// other and the whole team for it; those of the second get parts of some thousand numbers, spread over the threads.
    /// </summary>
    bool TakesWholeLayers => false;

    /// <summary>
    /// True if the rule itself lets weights decay, by λ_k of <see cref="Part{T}.Decay"/>: then the gradient has no decay in it.
    /// </summary>
    bool DecaysWeights => false;

    /// <summary>Init: the update of one vector, with a state of zeros. Norms that are trained have an update of their own.</summary>
    /// <typeparam name="T">float or double; double for norms.</typeparam>
    /// <param name="memory">Where its arrays come from, so that they are saved and restored with the descent.</param>
    IUpdate<T> Init<T>(RuleMemory<T> memory) where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>What a rule does to the direction of one vector, with its state. It allocates nothing.</summary>
/// <typeparam name="T">float or double.</typeparam>
public interface IUpdate<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>
    /// Turns a part of the direction into what the rule makes of it, in place, and brings the state of that part up to date. Parts are
    /// worked on by several threads at once, each once per step; results must not depend on how the vector is cut.
    /// </summary>
    /// <param name="part">Which part it is.</param>
    /// <param name="u">The direction; finite numbers.</param>
    void Update(in Part<T> part, Span<T> u);

    /// <summary>
    /// A bound on the length ‖u‖₂ of the whole vector after the update; ∞ if the state or u could leave the range of T. Called before every
    /// step (twice, if the first bound is too large), so that a step is either taken with finite numbers or not at all.
    /// </summary>
    double Bound(in Reach reach);
}

/// <summary>What is known of the sizes of a step before it is taken.</summary>
/// <param name="Direction">A bound on ‖u‖₂ before the update.</param>
/// <param name="Weights">A bound on ‖X‖₂ of what moves.</param>
/// <param name="Decay">The largest λ_k.</param>
/// <param name="Measure">True if bounds of the state that were carried from step to step are to be measured anew.</param>
public readonly record struct Reach(double Direction, double Weights, double Decay, bool Measure);
