using Rhoflow.Lab.Claims;
using Rhoflow.Papers.SetUps;

namespace Rhoflow.Papers.TheoryIII;

/// <summary>
/// Claim t7: techniques that constrain a norm share their stationary points if it is the same norm; batch normalization's is not.
/// </summary>
internal static class TechniquesShareTheStationaryPoints
{
    private const double Large = .1;

    /// <summary>The claim.</summary>
    public static Claim Claim { get; } = new()
    {
        Id = "t7-techniques-share-the-stationary-points",
        Paper = SourcePapers.TheoryIII,
        Place = "§5, before \"Notice that as in the case\", §10, §11",
        Hypothesis = TheoremNumbers.Hypothesis + " Batch normalization as §11.3 simplifies it, without mean and shift.",
        Statement = "Despite the similarities between some of the methods enforcing unit constraints in the 2-norm, they usually "
            + "correspond to different dynamical flows but with the same qualitative dynamics and the same stationary solutions. In "
            + "particular, batch normalization and weight normalization do not have the same dynamics.",
        SetUp = TheoremSetting.Words + ". " + TheoremNumbers.Words
            + $". Geodesic: at most {TheoremRuns.GeodesicSteps} steps of the true gradient (§10) at each ρ of (A). Batch normalization of "
            + "the first layer of two, on inputs that span their space: a unit sees w·x/√(wᵀCw), which is weight normalization per unit "
            + "of u = C^{½}w on C^{−½}x; its V is judged on the inputs as they are, and on whitened ones. Small is up to "
            + $"{Wording.Text(TheoremNumbers.Small)} and large above {Wording.Text(Large)}, bounds that are ours; the paper's \"usually\" "
            + "leaves room for exceptions",
        Expected = "A small KKT residual under each technique.",
        Check = Check,
    };

    private static ClaimOutcome Check(StudyContext context)
    {
        var judge = new Judge();
        TheoremNumbers.Suppose(judge, context);
        const string quantity = "KKT residual at the end, median over the starts";
        void Printed(string technique, Dynamics dynamics)
        {
            foreach (var of in TheoremNumbers.Starts(context).Where(s => s.Start.Traces.ContainsKey(dynamics)).GroupBy(s => s.Setting))
                judge.Printed.In($"{technique}, {of.Key.Name}")
                    .AtMost(quantity, Median(of, dynamics), strict: TheoremNumbers.Small, lenient: Large);
        }
        Printed("weight normalization per unit", Dynamics.RowWeightNormalization);
        Printed("geodesic", Dynamics.Geodesic);
        Printed("batch normalization", Dynamics.BatchNormalization);
        var batch = TheoremNumbers.Starts(context).Where(s => s.Start.Traces.ContainsKey(Dynamics.BatchNormalization)).ToList();
        foreach (var of in batch.GroupBy(s => s.Setting))
        {
            judge.Amended("batch normalization of whitened inputs, C = I").In($"batch normalization, whitened {of.Key.Name}")
                .AtMost(quantity, Median(of, Dynamics.BatchNormalizationWhitened), strict: TheoremNumbers.Small, lenient: Large);
        }
        string Residual(Dynamics d) => Wording.Text(Spread.Of(batch.Select(s => s.Start[d].Residuals[^1])));
        return judge.Outcome(
            care: "Weight normalization per unit and geodesics go to KKT points of the same problem. Batch normalization constrains "
                + $"√(wᵀCw) instead of ‖w‖: on the inputs as they are its KKT residual stays at {Residual(Dynamics.BatchNormalization)}; "
                + $"measured on whitened inputs, that is in its own norm, the same V have {Residual(Dynamics.BatchNormalizationWhitened)}, "
                + "and falling. Different, then, is also the margin that it maximizes.");
    }

    private static double Median(IEnumerable<(TheoremSetting Setting, TheoremRuns.Start Start)> starts, Dynamics dynamics) =>
        Spread.Of(starts.Select(s => s.Start[dynamics].Residuals[^1])).Median;
}
