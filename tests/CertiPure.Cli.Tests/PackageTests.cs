using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CertiPure.Images;
using CertiPure.Imaging;
using CertiPure.Onnx.Tests;
using CertiPure.Smoothing;

namespace CertiPure.Cli.Tests;

/// <summary>Packs everything, then uses the packages as somebody would who has nothing else: in a folder outside the
/// repository.</summary>
[Trait("group", "long")]
public sealed class PackageTests(PackageTests.PackedFolder packed) : IClassFixture<PackageTests.PackedFolder>
{
    private static readonly string[] Libraries = ["CertiPure", "CertiPure.Imaging", "CertiPure.Onnx", "CertiPure.Onnx.Graph", "CertiPure.Torch", "CertiPure.Recipes"];

    [Fact]
    public async Task Every_package_has_a_readme_a_license_documentation_and_symbols_and_no_path_of_the_building_machine()
    {
        await packed.PackAsync();
        foreach (string library in Libraries)
        {
            using ZipArchive package = await ZipFile.OpenReadAsync(packed.Package(library), TestContext.Current.CancellationToken);
            string[] names = [.. package.Entries.Select(entry => entry.FullName)];
            Assert.Contains("README.md", names);
            Assert.Contains($"lib/net10.0/{library}.xml", names);
            Assert.True(File.Exists(Path.ChangeExtension(packed.Package(library), ".snupkg")));
            string nuspec = Text(package, $"{library}.nuspec");
            Assert.Contains("<license type=\"expression\">MIT</license>", nuspec, StringComparison.Ordinal);
            Assert.DoesNotContain("id=\"libtorch", nuspec, StringComparison.Ordinal);
            string assembly = Text(package, $"lib/net10.0/{library}.dll");
            Assert.DoesNotContain(packed.Root, assembly, StringComparison.Ordinal);
            Assert.DoesNotContain(packed.Folder, assembly, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_installed_tool_finds_its_models_its_service_and_libtorch_or_fetches_it()
    {
        await packed.PackAsync();
        await packed.RunAsync(
            "dotnet", "tool", "install", "CertiPure.Cli", "--tool-path", "tools", "--add-source", packed.Packages, "--version",
            PackedFolder.Version);
        string tool = Path.Combine(packed.Folder, "tools", OperatingSystem.IsWindows() ? "certipure.exe" : "certipure");

        Assert.Contains("libtorch", await packed.RunAsync(tool, "doctor"), StringComparison.Ordinal);
        var bound = JsonNode.Parse(await packed.RunAsync(tool, "bound", "--successes", "480", "--trials", "500", "--sigma", "0.5", "--json"))!;
        Assert.Equal(0.7207765058292261, (double)bound["radius"]!);
        Assert.Contains("--sealing-key-file", await packed.RunAsync(tool, "serve", "--help"), StringComparison.Ordinal);

        using var bench = new Workbench(images: 2);
        await packed.RunAsync(
            tool, "certify", "--data", "fashion-mnist", "--data-dir", bench.Data, "--images", "0..1", "--classifier", "fashion-mnist",
            "--purifier", "consistency:fashion-mnist", "--sigma", "0.5", "--n0", "8", "--n", "64", "--out", "run");
        Assert.Equal(2, File.ReadLines(Path.Combine(packed.Folder, "run", "certificates.jsonl")).Count());
        await packed.RunAsync(tool, "verify", "run", "--data-dir", bench.Data, "--replay", "1");

        // A machine without libtorch, whose one source of packages is a folder.
        string? package = Directory.EnumerateFiles(PackedFolder.PackageCache, "libtorch-cpu-*.nupkg", SearchOption.AllDirectories).FirstOrDefault();
        Assert.SkipWhen(package is null, "libtorch's package is not in NuGet's package folder.");
        (string, string?)[] bare =
        [
            ("NUGET_PACKAGES", Path.Combine(packed.Folder, "bare")), ("HOME", packed.Folder), ("USERPROFILE", packed.Folder),
            ("RestoreSources", Path.GetDirectoryName(package)),
        ];
        Assert.Contains("MISSING libtorch", await packed.RunAsync(tool, ["doctor"], bare, expected: 1), StringComparison.Ordinal);
        Assert.Contains(
            Path.Combine(packed.Folder, "bare", "libtorch-cpu-"), await packed.RunAsync(tool, ["doctor", "--fetch"], bare), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_outside_the_repository_certifies_an_onnx_classifier_with_the_packed_library()
    {
        await packed.PackAsync();
        string program = Path.Combine(packed.Folder, "program");
        Directory.CreateDirectory(program);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(packed.Root, "samples", "FromPackages")))
        {
            File.Copy(file, Path.Combine(program, Path.GetFileName(file)));
        }

        // Bright or dark: white is far from the border, so that every draw votes for bright.
        var weights = new float[2, 16];
        Enumerable.Range(0, 16).ToList().ForEach(pixel => (weights[0, pixel], weights[1, pixel]) = (1, -1));
        string classifier = Path.Combine(packed.Folder, "bright.onnx");
        OnnxModelFile.WriteLinear(classifier, [0, 1, 4, 4], weights, [-8, 8]);
        string picture = Path.Combine(packed.Folder, "white.png");
        float[] white = [.. Enumerable.Repeat(1f, 16)];
        await File.WriteAllBytesAsync(picture, PngImage.Encode(new ImageShape(1, 4, 4), white), TestContext.Current.CancellationToken);
        (string, string?)[] sources =
        [
            ("RestoreAdditionalProjectSources", packed.Packages), ("RestorePackagesPath", Path.Combine(packed.Folder, "restored")),
            ("RestoreFallbackFolders", PackedFolder.PackageCache),
        ];

        string answer = await packed.RunAsync("dotnet", ["run", "--project", program, "--", classifier, picture], sources);

        double radius = BinomialBound.Radius(BinomialBound.Lower(1000, 1000, 0.001), 0.25);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"class 0: no change of L2 norm below {radius} alters it"),
            answer,
            StringComparison.Ordinal);
        Assert.Contains(
            $"CertiPure/{PackedFolder.Version}",
            await File.ReadAllTextAsync(Path.Combine(program, "obj", "project.assets.json"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private static string Text(ZipArchive package, string name)
    {
        using Stream stream = package.GetEntry(name)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    /// <summary>A folder of its own with the packages of the present sources, packed once.</summary>
    public sealed class PackedFolder : IDisposable
    {
        private Task? _packing;

        /// <summary>Never that of a release, so that no package of an earlier run can be taken for this one.</summary>
        public static string Version { get; } = $"0.1.0-check.{DateTime.UtcNow:yyyyMMddHHmmss}";

        public static string PackageCache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

        public string Folder { get; } = Directory.CreateTempSubdirectory("certipure-packages-").FullName;

        public string Packages => Path.Combine(Folder, "packages");

        public string Root { get; } = FindRoot(AppContext.BaseDirectory);

        public string Package(string id) => Path.Combine(Packages, $"{id}.{Version}.nupkg");

        public Task PackAsync() => _packing ??= RunAsync(
            "dotnet", "pack", Path.Combine(Root, "CertiPure.slnx"), "-c", "Release", "--artifacts-path", Path.Combine(Folder, "artifacts"),
            "-o", Packages, $"-p:Version={Version}", "-v", "quiet");

        public Task<string> RunAsync(string command, params string[] arguments) => RunAsync(command, arguments, []);

        /// <summary>Runs a command in the folder and returns what it wrote.</summary>
        public async Task<string> RunAsync(
            string command, string[] arguments, (string Name, string? Value)[] environment, int expected = 0)
        {
            var start = new ProcessStartInfo(command, arguments)
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach ((string name, string? value) in environment)
            {
                start.Environment[name] = value;
            }

            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(
                process.ExitCode == expected, $"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{await error}");
            return output;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private static string FindRoot(string folder) =>
            File.Exists(Path.Combine(folder, "CertiPure.slnx")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
    }
}
