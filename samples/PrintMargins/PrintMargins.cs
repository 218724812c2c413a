using Rhoflow.Data;
using Rhoflow.Lab.Inspection;
using Rhoflow.Losses;

var model = TrainedModel.Load(args[0]);                       // an .onnx file: its graph and its weights
var digits = Digits.Load().ScalePixels();                      // prepared as it was trained
var margins = model.Margins(digits);                            // f_y − max_{j≠y} f_j of every example

Console.WriteLine($"error = {Margin.ErrorShare(margins):p1}  rho = {model.Rho:g5}  smallest margin = {margins.Min() / model.Rho:g5}");
foreach (var n in SupportVectors.Order(margins).Take(3))
    Console.WriteLine($"example {n}, a {digits.Y[n]}: margin {margins[n]:g5}");
