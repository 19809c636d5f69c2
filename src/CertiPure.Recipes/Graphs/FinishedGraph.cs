using System.Globalization;
using CertiPure.Onnx;
using CertiPure.Recipes.Catalog;
using CertiPure.Torch.Purifiers;

namespace CertiPure.Recipes.Graphs;

/// <summary>An ONNX file that this project wrote and that is now taken as a classifier: it says what it was made for.</summary>
internal static class FinishedGraph
{
    /// <summary>Refuses a use for which the file was not made.</summary>
    /// <param name="file">The classifier.</param>
    /// <param name="request">What the user describes.</param>
    /// <param name="purifier">The purifier before it; null for none.</param>
    /// <exception cref="CertiPureException">It holds a purifier for another noise level, or one too many.</exception>
    public static void RefuseOtherUse(OnnxClassifier file, ModelRequest request, TorchPurifier? purifier)
    {
        if (file.Metadata.GetValueOrDefault(BaseGraphs.MethodKey, "none") is not "none" and var method)
        {
            if (purifier is not null)
            {
                throw new CertiPureException(
                    $"The classifier {request.Classifier} holds the purifier {method} already; images would be purified twice.",
                    ErrorReason.Refused);
            }

            string sigma = file.Metadata.GetValueOrDefault(BaseGraphs.SigmaKey, "");
            if (sigma != BaseGraphs.Format(request.Sigma))
            {
                throw new CertiPureException(
                    $"The classifier {request.Classifier} holds the purifier {method} for sigma {sigma}, and the noise here has sigma "
                    + $"{BaseGraphs.Format(request.Sigma)}.",
                    ErrorReason.Refused);
            }
        }
    }
}
