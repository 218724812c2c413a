using Rhoflow.Lab.Typesetting;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Lab.Typesetting;

/// <summary>Formulas in texts: what is one, and what it says in TeX and in Unicode.</summary>
public class FormulasInTextTests
{
    [Theory]
    [InlineData("the norms ρ_k grow", "ρ_k")]
    [InlineData("‖W_k‖_F = ρ_k; snake_case stays.", "‖W_k‖_F = ρ_k")]
    [InlineData("falls as t^(−½ log t).", "t^(−½ log t)")]
    [InlineData("e^{−ρf} stays finite", "e^{−ρf}")]
    [InlineData("⟨W_k, ∂f/∂W_k⟩ = f for every k, if x < y", "⟨W_k, ∂f/∂W_k⟩ = f", "k", "x < y")]
    [InlineData("H_N = ∂f̃(x_N)/∂V − V f̃(x_N) = 0 for the example x_N alone", "H_N = ∂f̃(x_N)/∂V − V f̃(x_N) = 0", "x_N")]
    [InlineData("by 0.0385 at t = 10, 0.00145 at 1e2, a network 20-16-1", "t = 10")]
    [InlineData("outside ker A, w_⊥ and v*(ρ_f) of §B.4 and Theory III’s figure 2", "ker A", "w_⊥", "v*(ρ_f)")]
    [InlineData("constants γ√(‖c‖² + ‖w⊥‖²) and γ‖c‖", "γ√(‖c‖² + ‖w⊥‖²)", "γ‖c‖")]
    [InlineData("Σ_W/tr Σ_B, log-log axes, the maximum margin of T3b", "Σ_W/tr Σ_B")]
    [InlineData("α_jx_j and ρ_kV_k and x_0e^{−∫γ}", "α_jx_j", "ρ_kV_k", "x_0e^{−∫γ}")]
    [InlineData("It is a margin, and the flow (B) is b06's at the end of the run", "B")]
    [InlineData("products of 9.75103 (K = 2) and with K² 10.53337", "(K = 2)", "K²")]
    [InlineData("the largest falls by 10^294.323 or more", "10^294.323")]
    [InlineData("by (1 + 1/16)^{1/2} a layer, 3 × 4 of them", "(1 + 1/16)^{1/2}")]
    public void Formulas_are_found_and_prose_is_left(string text, params string[] formulas)
    {
        var pieces = FormulasInText.Of(text);
        string.Concat(pieces.Select(static p => p.Text)).ShouldBe(text);
        pieces.Where(static p => p.Tex is not null).Select(static p => p.Text).ShouldBe(formulas);
    }

    [Theory]
    [InlineData("ρ_k", @"\rho _{k}")]
    [InlineData("‖W_k‖_F", @"\|W_{k}\|_{F}")]
    [InlineData("e^{−ρf}", @"e^{-\rho f}")]
    [InlineData("v*", @"v^{\ast }")]
    [InlineData("ẇ_k²", @"\dot{w}_{k}^{2}")]
    [InlineData("ρ_eq", @"\rho _{\mathrm{eq}}")]
    [InlineData("W_k^ij", "W_{k}^{ij}")]
    [InlineData("t = 1e300", "t = 10^{300}")]
    [InlineData("W_2ᵀW_2", "W_{2}^{T}W_{2}")]
    public void A_formula_says_the_same_in_TeX(string text, string tex) =>
        FormulasInText.Of(text).Single().Tex.ShouldBe(tex);

    [Theory]
    [InlineData("the norm ρ_k of W_{k−1}", "the norm ρₖ of Wₖ₋₁")]
    [InlineData("e^{−ρf}", "e^(−ρf)")]
    [InlineData("‖V_k‖ = 1 and w_⊥, f_V", "‖Vₖ‖ = 1 and w_⊥, f_V")]
    [InlineData("(log t)^{2/K} and x_n²", "(log t)^(2/K) and xₙ²")]
    public void Without_typesetting_a_text_has_Unicode_indices(string text, string plain) => FormulasInText.Plain(text).ShouldBe(plain);

    [Theory]
    [InlineData(@"\dot{\rho}_k = V_k^T \dot{W}_k", "ρ̇ₖ = Vₖᵀ Ẇₖ")]
    [InlineData(@"\frac{\partial f}{\partial \rho_k} = \frac{\rho}{\rho_k} \tilde{f}", "∂f/∂ρₖ = ρ/ρₖ f̃")]
    [InlineData(@"f_V(x)^{\frac{2}{K}} K^2 (\log R)^{2 - \frac{2}{K}}", "f_V(x)^(2/K) K² (log R)^(2 − 2/K)")]
    [InlineData(@"\sum_{n=1}^N e^{-y_n f(x_n)}, \quad \alpha_n \geq 0", "Σₙ₌₁ᴺ e^(−yₙ f(xₙ)),   αₙ ≥ 0")]
    [InlineData(@"\left\| \frac{1}{\sum_c e^{f_c}} \right\|_F^2", "‖1/(Σ_c e^(f_c))‖_F²")]
    [InlineData(@"\dot{\|W_k\|^2} \leq \sqrt{2N}", "d‖Wₖ‖²/dt ≤ √(2N)")]
    [InlineData(@"\text{subj. to } \|W\| = 1, \ \forall k", "subj. to ‖W‖ = 1, ∀k")]
    [InlineData(@"-\frac{L-2}{2} \mathcal{L} \mathbf{1}", "−(L−2)/2 L 1")]
    public void TeX_reads_as_text(string tex, string plain) =>
        PlainTex.Of(tex).ShouldBe(plain);
}
