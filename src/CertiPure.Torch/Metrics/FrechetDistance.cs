using System.Globalization;
using CertiPure.Torch.Backend;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Metrics;

/// <summary>
/// The Fréchet distance between two sets of images (Heusel et al. 2017): the squared 2-Wasserstein distance between Gaussians
/// fitted to their features. On pytorch-fid's Inception features it is the FID.
/// </summary>
/// <param name="Value">|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), at least 0.</param>
/// <param name="Network">The feature network; numbers of different networks cannot be compared.</param>
/// <param name="FirstCount">Images of the first set, or null where unknown.</param>
/// <param name="SecondCount">Images of the second set, or null where unknown.</param>
public sealed record FrechetDistance(double Value, string Network, long? FirstCount, long? SecondCount)
{
    /// <summary>Compares two sets.</summary>
    /// <param name="first">One set's statistics.</param>
    /// <param name="second">The other's.</param>
    /// <param name="acceptFewImages">Whether sets of fewer images than features are accepted. Their covariance has no full
    /// rank, and the distance is biased upwards.</param>
    /// <exception cref="CertiPureException">The sets come from different networks, or one has too few images.</exception>
    public static FrechetDistance Between(FeatureStatistics first, FeatureStatistics second, bool acceptFewImages = false)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Network != second.Network || first.FeatureCount != second.FeatureCount)
        {
            throw new CertiPureException(
                $"Features of '{first.Network}' ({first.FeatureCount}) and of '{second.Network}' ({second.FeatureCount}) have no "
                + "distance: compute both sets' statistics with one network.",
                ErrorReason.Refused);
        }

        if (!acceptFewImages)
        {
            RefuseFewImages(first);
            RefuseFewImages(second);
        }

        return new FrechetDistance(Compute(first, second), first.Network, first.ImageCount, second.ImageCount);
    }

    /// <summary>The value with all that it depends on.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Fréchet distance {Value:0.####} ({Network}; {Count(FirstCount)} and {Count(SecondCount)} images)");

    /// <summary>
    /// tr((C1 C2)^(1/2)) as the sum of the square roots of the eigenvalues of S C2 S, where S = C1^(1/2): that matrix is
    /// symmetric and has the same eigenvalues as C1 C2, so neither rounding nor a singular covariance gives complex numbers.
    /// </summary>
    private static double Compute(FeatureStatistics first, FeatureStatistics second)
    {
        Vector<double> difference = Vector<double>.Build.Dense(first.Mean) - Vector<double>.Build.Dense(second.Mean);
        Matrix<double> covariance1 = Matrix<double>.Build.DenseOfArray(first.Covariance);
        Matrix<double> covariance2 = Matrix<double>.Build.DenseOfArray(second.Covariance);
        (Vector<double> values, Matrix<double> vectors) = SymmetricEigen.Of(covariance1);
        Matrix<double> root = vectors * Matrix<double>.Build.DiagonalOfDiagonalVector(Roots(values)) * vectors.Transpose();
        Vector<double> eigenvalues = SymmetricEigen.Of(root * covariance2 * root).Values;
        double distance = difference.DotProduct(difference) + covariance1.Trace() + covariance2.Trace() - (2 * Roots(eigenvalues).Sum());
        return Math.Max(0, distance);
    }

    private static Vector<double> Roots(Vector<double> values) => values.Map(value => Math.Sqrt(Math.Max(0, value)));

    private static void RefuseFewImages(FeatureStatistics statistics)
    {
        if (statistics.ImageCount is long count && count < statistics.FeatureCount)
        {
            throw new CertiPureException(
                $"A Fréchet distance on {statistics.FeatureCount} features of {count} images says little: take at least as many images "
                + "as features, or accept few images explicitly.",
                ErrorReason.Refused);
        }
    }

    private static string Count(long? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? "an unknown number of";
}

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
