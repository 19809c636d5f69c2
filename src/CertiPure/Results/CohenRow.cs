namespace CertiPure.Results;

/// <summary>One image of a log in the field's format.</summary>
/// <param name="Id">Column <c>idx</c>: the image's position in its data set.</param>
/// <param name="Label">The true class.</param>
/// <param name="Predicted">Column <c>predict</c>, or null for -1, an abstention.</param>
/// <param name="Radius">The printed radius in pixel space, usually of three significant digits.</param>
/// <param name="IsCorrect">Whether the prediction is the label.</param>
/// <param name="Seconds">Column <c>time</c>.</param>
public sealed record CohenRow(int Id, int Label, int? Predicted, double Radius, bool IsCorrect, double Seconds);
