using Rhoflow.Peers;

// SCRIPT [LIBRARY]: the names of the scripts in Python, whose questions are answered in their words (peers/protocol.py).
var threads = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out var count) && count > 0 ? count : 1;
var script = args.Length > 0 ? args[0] : "";
var library = args.Length > 1 ? args[1] : "libtorch";
if (library == "libtorch") OlderLibraries.Allow();
switch (script)
{
    case "libraries.py" when library == "libtorch": TorchLibrary.Serve(threads); break;
    case "libraries.py": OnnxLibrary.Serve(threads); break;
    case "training.py": Protocol.Serve(["libtorch"], TorchTraining.Works(threads)); break;
    case "curvature.py": Protocol.Serve(["libtorch"], TorchCurvature.Works(threads)); break;
    case "inference.py" when library == "libtorch": Protocol.Serve(["libtorch"], TorchInference.Works(threads)); break;
    case "inference.py": Protocol.Serve(["onnxruntime"], OnnxLibrary.Works(threads)); break;
    default: return 1;
}
return 0;
