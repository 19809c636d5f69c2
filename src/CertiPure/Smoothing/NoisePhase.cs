namespace CertiPure.Smoothing;

/// <summary>What a draw is for. Phases never share draws: the class that selection picks is judged on fresh noise.</summary>
public enum NoisePhase
{
    /// <summary>The n0 draws that pick the class to certify.</summary>
    Selection = 0,

    /// <summary>The n draws that estimate the picked class's probability.</summary>
    Estimation = 1,

    /// <summary>The draws of PREDICT.</summary>
    Prediction = 2,

    /// <summary>Noise for pictures, metrics and attacks, which certifies nothing.</summary>
    Display = 3,
}
