using TorchSharp;

namespace CertiPure.Torch.Training;

/// <summary>A purifier and a classifier that are trained together: their parameters under <c>purifier.</c> and
/// <c>classifier.</c>.</summary>
public sealed class JointNetwork : torch.nn.Module
{
    /// <summary>The prefix of the purifier's parameters.</summary>
    public const string PurifierPrefix = "purifier.";

    /// <summary>The prefix of the classifier's parameters.</summary>
    public const string ClassifierPrefix = "classifier.";

    /// <summary>Joins the two, which are disposed with it.</summary>
    public JointNetwork(torch.nn.Module purifier, torch.nn.Module classifier)
        : base(nameof(JointNetwork))
    {
        register_module(PurifierPrefix.TrimEnd('.'), purifier);
        register_module(ClassifierPrefix.TrimEnd('.'), classifier);
    }
}
