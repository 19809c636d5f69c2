namespace CertiPure.Recipes.Reproduce;

/// <summary>The commands that make or fetch what a reproduction lacks. They are part of the report, as its numbers are, and so the one
/// place of the libraries that knows how commands are written.</summary>
internal static class ReproductionCommands
{
    /// <summary>Adds a row for an ONNX classifier.</summary>
    public static string AddOnnxClassifier => "certipure reproduce --classifier FILE.onnx";

    /// <summary>Fetches a data set or a published checkpoint.</summary>
    /// <param name="name">Its name in the catalog.</param>
    public static string Get(string name) => $"certipure data get {name}";

    /// <summary>Trains one file of a bundled model; null where no one command does.</summary>
    /// <param name="role">The file's name without extension, such as <c>consistency-lpips</c>.</param>
    /// <param name="model">The model's name, which is also that of its preset.</param>
    /// <param name="data">The data set's name.</param>
    public static string? Train(string role, string model, string data)
    {
        string start = $"--preset {model} --data {data}";
        string output = $"--out {role}.safetensors";
        string lpips = "--lpips-backbone squeezenet1_1.pth --lpips-heads lin_squeeze.pth";
        string sigma = role[(role.LastIndexOf('-') + 1)..];
        string? command = role switch
        {
            "classifier" => $"train classifier {start} {output}",
            "ddpm" or "edm" => $"train {role} {start} {output}",
            "consistency" => $"train consistency {start} --from edm.safetensors {output}",
            "consistency-l1" or "consistency-l2" => $"finetune consistency --loss {role[^2..]} {start} --from consistency.safetensors {output}",
            "consistency-lpips" => $"finetune consistency --loss lpips {lpips} {start} --from consistency.safetensors {output}",
            "calibrated" => $"finetune calibration --classifier {model} --purifier edm:{model} {start} {output}",
            "classifier-finetuned" => $"finetune classifier --classifier {model} --purifier consistency:{model} {start} {output}",
            "joint-purifier" or "joint-classifier" =>
                $"finetune joint --classifier {model}/classifier-finetuned --purifier consistency:{model} {start} --out joint-purifier.safetensors "
                + "--classifier-out joint-classifier.safetensors",
            _ when role.StartsWith("smoothed-gaussian-", StringComparison.Ordinal) =>
                $"train smoothed-classifier {start} --set sigma={sigma} --set lambda=0 {output}",
            _ when role.StartsWith("smoothed-consistency-", StringComparison.Ordinal) =>
                $"train smoothed-classifier {start} --set sigma={sigma} --set lambda={(sigma == "0.25" ? 20 : 10)} {output}",
            _ => null,
        };
        return command is null ? null : "certipure " + command;
    }
}
