namespace CertiPure.Recipes.Presets;

/// <summary>The network behind LPIPS; each has its own weights and heads.</summary>
public enum LpipsNetwork
{
    /// <summary>SqueezeNet 1.1, the fastest.</summary>
    Squeeze,

    /// <summary>VGG-16, the paper's.</summary>
    Vgg,

    /// <summary>AlexNet.</summary>
    Alex,
}
