using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rhoflow.Kernels;

/// <summary>Rows become columns, a strip of rows at a time, through registers where the processor has AVX.</summary>
internal static unsafe class Transposition<T> where T : unmanaged
{
    /// <summary>Rows of a full strip: what fills 32 bytes of a row of the result.</summary>
    public static int Strip => 32 / sizeof(T);

    /// <summary>Result (j, i) = source (i, j) for a whole matrix of rows×columns.</summary>
    public static void Matrix(T* source, nint ld, int rows, int columns, T* result, nint ldResult)
    {
        var strip = stackalloc T*[Strip];
        for (var i = 0; i < rows; i += Strip)
        {
            var count = Math.Min(Strip, rows - i);
            for (var r = 0; r < count; r++) strip[r] = source + (i + r) * ld;
            Rows(strip, count, columns, result + i, ldResult);
        }
    }

    /// <summary>Result (j, i) = rows[i][j] for j &lt; columns and i &lt; count ≤ <see cref="Strip"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(T** rows, int count, int columns, T* result, nint ld)
    {
        var j = 0;
        if (Avx.IsSupported && count == Strip)
        {
            j = typeof(T) == typeof(float)
                ? Eight((float**)rows, columns, (float*)result, ld)
                : Four((double**)rows, columns, (double*)result, ld);
        }
        for (; j < columns; j++)
            for (var i = 0; i < count; i++)
                result[j * ld + i] = rows[i][j];
    }

    // Four columns of eight rows: each register holds four numbers of row i and four of row i + 4, so no shuffle crosses its halves.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Eight(float** rows, int columns, float* result, nint ld)
    {
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
        nint j = 0;
        for (; j + 4 <= columns; j += 4)
        {
            var x0 = Vector256.Create(Vector128.Load(r0 + j), Vector128.Load(r4 + j));
            var x1 = Vector256.Create(Vector128.Load(r1 + j), Vector128.Load(r5 + j));
            var x2 = Vector256.Create(Vector128.Load(r2 + j), Vector128.Load(r6 + j));
            var x3 = Vector256.Create(Vector128.Load(r3 + j), Vector128.Load(r7 + j));
            Vector256<float> low01 = Avx.UnpackLow(x0, x1), low23 = Avx.UnpackLow(x2, x3);
            Vector256<float> high01 = Avx.UnpackHigh(x0, x1), high23 = Avx.UnpackHigh(x2, x3);
            Vector256.Store(Avx.Shuffle(low01, low23, 0x44), result);
            Vector256.Store(Avx.Shuffle(low01, low23, 0xEE), result + ld);
            Vector256.Store(Avx.Shuffle(high01, high23, 0x44), result + 2 * ld);
            Vector256.Store(Avx.Shuffle(high01, high23, 0xEE), result + 3 * ld);
            result += 4 * ld;
        }
        return (int)j;
    }

    // Two columns of four rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Four(double** rows, int columns, double* result, nint ld)
    {
        double* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        nint j = 0;
        for (; j + 2 <= columns; j += 2)
        {
            var x0 = Vector256.Create(Vector128.Load(r0 + j), Vector128.Load(r2 + j));
            var x1 = Vector256.Create(Vector128.Load(r1 + j), Vector128.Load(r3 + j));
            Vector256.Store(Avx.UnpackLow(x0, x1), result);
            Vector256.Store(Avx.UnpackHigh(x0, x1), result + ld);
            result += 2 * ld;
        }
        return (int)j;
    }
}
