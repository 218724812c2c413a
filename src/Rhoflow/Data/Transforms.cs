namespace Rhoflow.Data;

/// <summary>Changes of the inputs before training. Pure: each gives a new set.</summary>
public static class Transforms
{
    /// <summary>x ← x − mean_n x_n, column by column.</summary>
    public static Dataset Center(this Dataset data)
    {
        var x = data.X.ToArray();
        for (var i = 0; i < data.Inputs; i++)
        {
            var mean = 0.0;
            for (var n = 0; n < data.Count; n++) mean += x[n * data.Inputs + i];
            mean /= data.Count;
            for (var n = 0; n < data.Count; n++) x[n * data.Inputs + i] -= mean;
        }
        return data.WithInputs(x, data.Inputs);
    }

    /// <summary>x_n ← x_n/‖x_n‖₂.</summary>
    /// <exception cref="DataException">An example is zero and has no direction.</exception>
    public static Dataset UnitNorm(this Dataset data)
    {
        var x = data.X.ToArray();
        for (var n = 0; n < data.Count; n++)
        {
            var row = x.AsSpan(n * data.Inputs, data.Inputs);
            var norm = Numerics.Vectors.Norm(row);
            if (norm == 0) throw new DataException($"data '{data.Name}': example {n} is zero, so it cannot be scaled to unit norm");
            foreach (ref var v in row) v /= norm;
        }
        return data.WithInputs(x, data.Inputs);
    }

    /// <summary>x_n ← (x_n, 1): the bias of the first layer as a weight (T3 §2: no biases apart from a constant input).</summary>
    public static Dataset ConstantInput(this Dataset data)
    {
        var d = data.Inputs + 1;
        var x = new double[data.Count * d];
        for (var n = 0; n < data.Count; n++)
        {
            data.Example(n).CopyTo(x.AsSpan(n * d));
            x[n * d + d - 1] = 1;
        }
        return data.WithInputs(x, d);
    }
}
