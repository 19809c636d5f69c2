using CertiPure.Torch.Backend;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>The eigenvalues and eigenvectors of a symmetric matrix.</summary>
internal static class SymmetricEigen
{
    /// <summary>Up to this size managed code takes a second; libtorch need not be there. At Inception's 2,048 it takes minutes, and
    /// libtorch seconds.</summary>
    private const int LargestManaged = 512;

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">Symmetric but for rounding, <c>[D,D]</c>; its symmetric part is taken.</param>
    /// <returns>The eigenvalues, ascending, and the eigenvectors as columns in their order.</returns>
    public static (Vector<double> Values, Matrix<double> Vectors) Of(Matrix<double> matrix)
    {
        Matrix<double> symmetric = (matrix + matrix.Transpose()) / 2;
        return matrix.RowCount <= LargestManaged ? InManagedCode(symmetric) : OnLibTorch(symmetric);
    }

    /// <summary>By MathNet.</summary>
    internal static (Vector<double> Values, Matrix<double> Vectors) InManagedCode(Matrix<double> symmetric)
    {
        Evd<double> decomposition = symmetric.Evd(Symmetricity.Symmetric);
        return (decomposition.EigenValues.Map(value => value.Real), decomposition.EigenVectors);
    }

    /// <summary>By libtorch's LAPACK.</summary>
    internal static (Vector<double> Values, Matrix<double> Vectors) OnLibTorch(Matrix<double> symmetric)
    {
        LibTorch.Load();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        int size = symmetric.RowCount;
        (Tensor values, Tensor vectors) = linalg.eigh(tensor(symmetric.ToRowMajorArray(), [size, size], dtype: ScalarType.Float64));
        return (
            Vector<double>.Build.Dense(values.data<double>().ToArray()),
            Matrix<double>.Build.DenseOfRowMajor(size, size, vectors.contiguous().data<double>().ToArray()));
    }
}
