using System.Security.Cryptography;
using CertiPure;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Onnx;
using CertiPure.Smoothing;

LabeledImage image = new SkiaImageDecoder().Decode(File.ReadAllBytes(args[1]), args[1]);
using var classifier = new OnnxClassifier(args[0], image.Shape);
using var queue = new DrawQueue(new PurifiedClassifier(purifier: null, classifier, sigma: 0.25));
ulong seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
Certificate certificate = await new SmoothedClassifier(queue, new NoiseSource(seed)).CertifyAsync(image, new FixedPlan(100, 1000, 0.001));
Console.WriteLine(certificate.Predicted is { } label
    ? $"class {label}: no change of L2 norm below {certificate.Radius} alters it"
    : "no class has a proven majority");
