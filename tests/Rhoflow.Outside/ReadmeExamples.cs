using Rhoflow.Data;
using Rhoflow.Descents;
using Rhoflow.Flows;
using Rhoflow.Limits;
using Rhoflow.Losses;
using Rhoflow.Networks;

namespace Rhoflow.Outside;

/// <summary>README's library examples, line by line as they stand there; <c>ReadmeTests</c> compares the two and runs them.</summary>
public static class ReadmeExamples
{
    /// <summary>A flow to t = 1e1000.</summary>
    public static void Flow()
    {
        var iris = Iris.Load().Binary("setosa");
        var net = Network.Dense(inputs: 4, 1);
        var risk = new EmpiricalRisk(net, Loss.Exponential, iris);
        var limit = HardMargin.Solve(iris);

        foreach (var p in new UnconstrainedFlow(risk).From(net.Zeros()).At(Clock.DecadesOfT(1, 1000)))
            if (p.Log10T is 1 or 10 or 100 or 1000)
                Console.WriteLine($"t = 1e{p.Log10T:0}  rho = {p.Rho:g6}  margin = {p.Margin:g5}  "
                    + $"angle to SVM = {p.AngleTo(limit.Direction):g3}");
    }

    /// <summary>Six replicas over the same minibatches.</summary>
    public static void Training()
    {
        var digits = Digits.Load().ScalePixels().Center();
        var conv = new NetworkBuilder(digits.Shape!.Value)
            .Convolution(16, kernel: 3, stride: 2, padding: 1).Then(Activation.ReLU).Dense(10).Build();
        var risk32 = new DataRisk<float>(conv, Loss.CrossEntropy, digits);

        using var run = Descent.Of(risk32, new Sgd(learningRate: 0.1, momentum: 0.9, batch: 128), weightDecay: 1e-4)
            .Replicas(seeds: 2, frobenius: [0.5, 2, 8]);
        run.Train(epochs: 30);
        foreach (var r in run.Replicas)
            Console.WriteLine($"replica {r.Index}: error {run.Evaluate(r).Error:p1}  rho = {Math.Exp(r.LogRho()):g2}");
    }
}
