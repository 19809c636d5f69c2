using System.Globalization;
using CertiPure.SamplingPlans;

// record CLASSIFIER PURIFIER SIGMA IMAGES FOLDER [THREADS]   counts after every 100 of 10,000 draws of real images
// replay FOLDER ...                                          the staged plan beside the fixed one on recordings
// bounds DRAWS N RUN ...                                     the two bounds in the mean of runs drawn from committed votes
// search FOLDER ...                                          other plans, computed exactly, for images like those recorded
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["record", var classifier, var purifier, var sigma, var images, var folder, .. var threads]:
        await Recording.RunAsync(
            classifier,
            purifier,
            double.Parse(sigma, CultureInfo.InvariantCulture),
            int.Parse(images, CultureInfo.InvariantCulture),
            folder,
            threads.Length > 0 ? int.Parse(threads[0], CultureInfo.InvariantCulture) : null);
        return 0;
    case ["replay", .. { Length: > 0 } folders]:
        Array.ForEach(folders, Replay.Print);
        return 0;
    case ["search", .. { Length: > 0 } folders]:
        Search.Print(folders);
        return 0;
    case ["bounds", var draws, var n, .. { Length: > 0 } folders]:
        Bounds.Print(int.Parse(draws, CultureInfo.InvariantCulture), int.Parse(n, CultureInfo.InvariantCulture), folders);
        return 0;
    default:
        Console.Error.WriteLine("Usage: record CLASSIFIER PURIFIER SIGMA IMAGES FOLDER [THREADS] | replay FOLDER ... | search FOLDER ... | bounds DRAWS N RUN ...");
        return 2;
}
