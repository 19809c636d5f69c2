using CertiPure.Torch.Networks.Classifiers;
using CertiPure.Torch.Networks.Denoising;
using CertiPure.Torch.Training;
using CertiPure.Torch.Training.Levels;
using CertiPure.Torch.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace CertiPure.Torch.Tests.Training.Methods;

/// <summary>A training method on a bench: the network that it trains, the loss that it trains with (perhaps with a mistake
/// in it), and the right loss of the present weights, which is what it should lower. Companions (a
/// teacher, a frozen part) must stay as they are.</summary>
internal sealed record TrainingMethod(
    nn.Module Network, TrainingLoss Training, TrainingLoss Quantity, params IReadOnlyList<nn.Module> Companions)
{
    private static readonly NoiseLevels Wide = new LogNormalLevels(-0.4, 0.9);
    private static readonly NoiseLevels Asked = new ChosenLevels(0.5, 1, 2);

    private static readonly Dictionary<string, Func<MethodBench, bool, TrainingMethod>> Known = new()
    {
        ["edm"] = (bench, _) => Of(bench.Network(new EdmPreconditioning(), fresh: true), d => new EdmLoss(d, Wide)),
        ["ddpm"] = Ddpm,
        ["ect"] = (bench, _) => Of(
            bench.Network(new ConsistencyPreconditioning(), fresh: true), d => new EctLoss(d, Wide, q: 4, huber: 0.03)),
        ["distillation"] = Distillation,
        ["consistency training"] = TrainingWithoutTeacher,
        ["improved consistency training"] = (bench, _) => Of(
            bench.Network(new ConsistencyPreconditioning(), fresh: true), d => new ImprovedConsistencyTraining(d, 4, 16)),
        ["fine-tuning l1"] = (bench, _) => Of(
            bench.Network(new ConsistencyPreconditioning()), d => new ReconstructionLoss(d, Asked, ImageDistance.L1)),
        ["fine-tuning l2"] = (bench, _) => Of(
            bench.Network(new ConsistencyPreconditioning()), d => new ReconstructionLoss(d, Asked, ImageDistance.L2)),
        ["classifier"] = (bench, _) => OfClassifier(bench.Classifier(), c => new ClassificationLoss(c)),
        ["gaussian noise"] = (bench, _) => OfClassifier(bench.Classifier(), c => new GaussianNoiseLoss(c, 0.5)),
        ["consistency regularization"] = (bench, _) => OfClassifier(
            bench.Classifier(), c => new GaussianNoiseLoss(c, 0.5, new ConsistencyRegularization(lambda: 5))),
        ["selection"] = Selection,
        ["classifier on purified images"] = ClassifierFineTuning,
        ["joint"] = Joint,
        ["calibration"] = Calibration,
    };

    /// <summary>The methods' names.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>The methods with a teacher or a target of its own.</summary>
    public static IEnumerable<string> WithTeacher => ["distillation", "consistency training"];

    /// <summary>Sets a method up.</summary>
    /// <param name="bench">Networks and images.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="swapped">The mistake that the trained network stands where its teacher or target should, and the other way
    /// round.</param>
    public static TrainingMethod On(MethodBench bench, string name, bool swapped = false) => Known[name](bench, swapped);

    private static TrainingMethod Of(Denoiser network, Func<Denoise, TrainingLoss> loss)
    {
        TrainingLoss same = loss(MethodBench.Function(network));
        return new TrainingMethod(network, same, same);
    }

    private static TrainingMethod OfClassifier(CifarResNet network, Func<Func<Tensor, Tensor>, TrainingLoss> loss)
    {
        TrainingLoss same = loss(network.call);
        return new TrainingMethod(network, same, same);
    }

    private static TrainingMethod Ddpm(MethodBench bench, bool swapped)
    {
        Denoiser network = bench.Network(new DdpmPreconditioning(), fresh: true);
        var loss = new DdpmLoss(
            (noisy, step) => network.Network.Forward(noisy, step.to(ScalarType.Float32) * 0.25), DiffusionSchedule.Cosine());
        return new TrainingMethod(network, loss, loss);
    }

    private static TrainingMethod Distillation(MethodBench bench, bool swapped)
    {
        // From the teacher's own weights neighbouring levels agree already; what is to be learnt shows from fresh ones.
        Denoiser student = bench.Network(new ConsistencyPreconditioning(), fresh: true);
        Denoiser teacher = bench.Network(new EdmPreconditioning());
        Denoise learning = MethodBench.Function(student), teaching = MethodBench.Function(teacher);
        ConsistencyDistillation Loss(Denoise trained, Denoise guide) =>
            new(trained, trained, guide, new KarrasSchedule(18), ImageDistance.L2);
        TrainingLoss right = Loss(learning, teaching);
        return swapped
            ? new TrainingMethod(student, Loss(teaching, learning), right)
            : new TrainingMethod(student, right, right, teacher);
    }

    private static TrainingMethod TrainingWithoutTeacher(MethodBench bench, bool swapped)
    {
        Denoiser student = bench.Network(new ConsistencyPreconditioning(), fresh: true);
        Denoiser target = bench.Network(new ConsistencyPreconditioning(), fresh: true);
        var follower = new TargetNetwork(student, target);
        Denoise learning = MethodBench.Function(student), following = MethodBench.Function(target);
        ConsistencyTraining Loss(Denoise trained, Denoise aim) => new(trained, aim, follower, ImageDistance.L2, 4, 10);
        if (swapped)
        {
            foreach (Tensor parameter in target.parameters())
            {
                parameter.requires_grad_(true);
            }
        }

        return new TrainingMethod(
            student, swapped ? Loss(following, learning) : Loss(learning, following), Loss(learning, learning));
    }

    /// <summary>The classifier that will be smoothed knows one class only, so that which answers are right can be told from the noisy
    /// image. The mistake is the opposite rule, for the two classes of negated logits are swapped.</summary>
    private static TrainingMethod Selection(MethodBench bench, bool swapped)
    {
        CifarResNet selector = bench.Selector();
        static Tensor First(Tensor pixels) => cat(
            [ones(pixels.shape[0], 1, device: pixels.device), zeros(pixels.shape[0], 1, device: pixels.device)], 1);
        var right = new SelectionLoss(selector.call, First, 0.5);
        return new TrainingMethod(
            selector, swapped ? new SelectionLoss(pixels => -selector.call(pixels), First, 0.5) : right, right);
    }

    private static TrainingMethod ClassifierFineTuning(MethodBench bench, bool swapped)
    {
        CifarResNet classifier = bench.Classifier();
        Denoiser purifier = bench.Network(new EdmPreconditioning());
        var loss = new PurifiedClassificationLoss(MethodBench.Function(purifier), classifier.call, Asked);
        return new TrainingMethod(classifier, loss, loss, purifier);
    }

    private static TrainingMethod Joint(MethodBench bench, bool swapped)
    {
        CifarResNet classifier = bench.Classifier();
        Denoiser purifier = bench.Network(new EdmPreconditioning());
        var loss = new PurifiedClassificationLoss(
            MethodBench.Function(purifier), classifier.call, Asked, 1, new ConsistencyRegularization(lambda: 2));
        return new TrainingMethod(new JointNetwork(purifier, classifier), loss, loss);
    }

    private static TrainingMethod Calibration(MethodBench bench, bool swapped)
    {
        CifarResNet classifier = bench.Classifier();
        Denoiser purifier = bench.Network(new EdmPreconditioning());
        classifier.eval();
        foreach (Tensor parameter in classifier.parameters())
        {
            parameter.requires_grad_(false);
        }

        var loss = new CalibrationLoss(MethodBench.Function(purifier), classifier.call, Asked);
        return new TrainingMethod(purifier, loss, loss, classifier);
    }
}
