using CertiPure.Results;
using CertiPure.Smoothing;

namespace CertiPure.Tests.Results;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary["run"];

    private string LogPath => Path.Combine(Folder, RunFolder.LogName);

    private string ManifestPath => Path.Combine(Folder, RunFolder.ManifestName);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_run_of_version_1_is_read_and_reopened_when_complete_but_not_continued()
    {
        using (RunFolder run = Open())
        {
            CertifyAll(run);
        }

        WriteAsVersion1(images: 7);
        string[] before = [File.ReadAllText(ManifestPath), File.ReadAllText(LogPath)];
        using (RunFolder run = Open())
        {
            Assert.Empty(run.Pending);
            run.Finish();
        }

        Assert.Equal(before, (string[])[File.ReadAllText(ManifestPath), File.ReadAllText(LogPath)]);
        Assert.Empty(CertificateVerifier.Check(Run.Read(Folder)));
        WriteAsVersion1(images: 6);
        Assert.Contains(
            "format version 1", Assert.Throws<CertiPureException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_another_version_than_its_manifest_is_refused()
    {
        using (RunFolder run = Open())
        {
            CertifyAll(run);
        }

        File.WriteAllText(ManifestPath, File.ReadAllText(ManifestPath).Replace("\"formatVersion\": 2", "\"formatVersion\": 1", StringComparison.Ordinal));
        Assert.Contains(
            "another format version", Assert.Throws<CertiPureException>(() => Run.Read(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_run_begins_with_every_image_pending()
    {
        using RunFolder run = Open();

        Assert.Equal([0, 20, 40, 60, 80, 100, 120], run.Pending);
        Assert.Empty(run.Certificates);
        Assert.True(File.Exists(ManifestPath));
    }

    [Fact]
    public void Resuming_after_a_kill_skips_finished_images_and_ends_in_the_bytes_of_an_undisturbed_run()
    {
        string undisturbed = _temporary["undisturbed"];
        using (RunFolder run = Open(undisturbed))
        {
            CertifyAll(run);
        }

        RunFolder killed = Open();
        foreach (int id in killed.Pending.Reverse().Take(3))
        {
            killed.Append(Samples.Certificate(id));
        }

        // A kill runs no Finish; the system closes the files. What it was about to write is torn.
        killed.Dispose();
        File.AppendAllText(LogPath, "{\"id\":60,\"lab");
        using (RunFolder resumed = Open())
        {
            Assert.Equal([0, 20, 40, 60], resumed.Pending);
            CertifyAll(resumed);
        }

        Assert.Equal(
            File.ReadAllText(Path.Combine(undisturbed, RunFolder.LogName)),
            File.ReadAllText(LogPath));
        Assert.Equal(2, Run.Read(Folder).Manifest.Environment.Count);
    }

    [Fact]
    public void A_complete_log_is_in_the_order_of_ids_whatever_the_order_of_work()
    {
        using (RunFolder run = Open())
        {
            foreach (int id in run.Pending.Reverse())
            {
                run.Append(Samples.Certificate(id));
            }

            run.Finish();
        }

        Assert.Equal([0, 20, 40, 60, 80, 100, 120], CertificateLog.Read(LogPath).Select(c => c.Id));
    }

    [Fact]
    public void A_log_whose_process_was_killed_after_the_last_certificate_is_put_in_order_too()
    {
        RunFolder killed = Open();
        foreach (int id in killed.Pending.Reverse())
        {
            killed.Append(Samples.Certificate(id));
        }

        killed.Dispose();
        using (RunFolder resumed = Open())
        {
            CertifyAll(resumed);
        }

        Assert.Equal([0, 20, 40, 60, 80, 100, 120], CertificateLog.Read(LogPath).Select(c => c.Id));
    }

    [Fact]
    public void Opening_a_complete_run_again_changes_nothing()
    {
        using (RunFolder run = Open())
        {
            CertifyAll(run);
        }

        byte[] manifest = File.ReadAllBytes(ManifestPath);
        byte[] log = File.ReadAllBytes(LogPath);
        using (RunFolder again = Open())
        {
            CertifyAll(again);
        }

        Assert.Equal(manifest, File.ReadAllBytes(ManifestPath));
        Assert.Equal(log, File.ReadAllBytes(LogPath));
    }

    [Fact]
    public void Another_experiment_is_refused_with_each_difference()
    {
        Open().Dispose();
        byte[] before = File.ReadAllBytes(ManifestPath);
        Experiment other = Samples.Experiment() with
        {
            Sigma = 0.25,
            Purifier = new PurifierIdentity("edm", "exact", Clamp: true, NetworkCalls: 1),
        };

        var error = Assert.Throws<CertiPureException>(() => Open(experiment: other));

        Assert.Equal(ErrorReason.OutputExists, error.Reason);
        Assert.Contains("sigma 0.5, not 0.25; purifier.method consistency, not edm", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(ManifestPath));
    }

    [Fact]
    public void Another_shard_is_refused()
    {
        Open(shard: new Shard(0, 2)).Dispose();

        Assert.Equal(ErrorReason.Refused, Assert.Throws<CertiPureException>(() => Open(shard: new Shard(1, 2))).Reason);
    }

    [Fact]
    public void A_shard_certifies_its_own_images_only()
    {
        using RunFolder run = Open(shard: new Shard(1, 3));

        Assert.Equal([20, 80], run.Pending);
        Assert.Throws<ArgumentException>(() => run.Append(Samples.Certificate(0)));
    }

    [Fact]
    public void A_folder_in_use_is_refused_and_can_be_read_meanwhile()
    {
        using RunFolder run = Open();
        run.Append(Samples.Certificate(0));

        var error = Assert.Throws<CertiPureException>(() => Open());

        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("Another process is at work", error.Message, StringComparison.Ordinal);
        Assert.Equal([0], Run.Read(Folder).Certificates.Select(c => c.Id));
    }

    [Fact]
    public void Overwriting_discards_the_earlier_run()
    {
        using (RunFolder run = Open())
        {
            CertifyAll(run);
        }

        using RunFolder again = Open(experiment: Samples.Experiment() with { Sigma = 1 }, overwrite: true);

        Assert.Equal(7, again.Pending.Count);
        Assert.Single(again.Manifest.Environment);
    }

    [Fact]
    public void A_folder_with_other_files_is_refused_even_for_overwriting()
    {
        Directory.CreateDirectory(Folder);
        string precious = Path.Combine(Folder, "thesis.txt");
        File.WriteAllText(precious, "text");

        var error = Assert.Throws<CertiPureException>(() => Open(overwrite: true));

        Assert.Equal(ErrorReason.Refused, error.Reason);
        Assert.Contains("thesis.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal([precious], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void A_file_in_the_folder_s_place_is_refused()
    {
        File.WriteAllText(Folder, "");

        Assert.Equal(ErrorReason.Refused, Assert.Throws<CertiPureException>(() => Open()).Reason);
    }

    [Fact]
    public void A_folder_that_cannot_be_created_is_one_sentence()
    {
        File.WriteAllText(_temporary["file"], "");

        var error = Assert.Throws<CertiPureException>(() => Open(_temporary["file/run"]));

        Assert.Equal(ErrorReason.Failed, error.Reason);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_log_of_strange_images_is_refused_before_anything_is_written()
    {
        Open().Dispose();
        File.WriteAllText(LogPath, CertificateLog.ToLine(Samples.Certificate(21)) + "\n");
        byte[] before = File.ReadAllBytes(ManifestPath);

        var error = Assert.Throws<CertiPureException>(() => Open());

        Assert.Contains("image 21", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(ManifestPath));
        // The refusal released the lock, so the next attempt is refused for the same reason.
        Assert.Equal(error.Message, Assert.Throws<CertiPureException>(() => Open()).Message);
    }

    [Fact]
    public void An_image_certified_twice_is_refused()
    {
        Open().Dispose();
        string line = CertificateLog.ToLine(Samples.Certificate(20)) + "\n";
        File.WriteAllText(LogPath, line + line);

        Assert.Contains("two certificates of image 20", Assert.Throws<CertiPureException>(() => Run.Read(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finishing_records_images_and_their_rate_also_of_an_interrupted_run()
    {
        var time = new SteppedTime();
        using (RunFolder run = RunFolder.Open(Folder, Samples.Experiment(), Shard.Whole, Samples.Environment(time), time: time))
        {
            run.Append(Samples.Certificate(0));
            run.Append(Samples.Certificate(20));
            time.Now = time.Now.AddSeconds(8);
            run.Finish();
        }

        RunEnvironment environment = Assert.Single(Run.Read(Folder).Manifest.Environment);
        Assert.Equal(2, environment.Images);
        Assert.Equal(0.25, environment.ImagesPerSecond);
        Assert.Equal(8, (environment.EndedAt!.Value - environment.StartedAt).TotalSeconds);
        Assert.False(Run.Read(Folder).IsComplete);
    }

    private static void CertifyAll(RunFolder run)
    {
        foreach (int id in run.Pending)
        {
            run.Append(Samples.Certificate(id));
        }

        run.Finish();
    }

    private RunFolder Open(
        string? folder = null, Experiment? experiment = null, Shard? shard = null, bool overwrite = false) =>
        RunFolder.Open(
            folder ?? Folder, experiment ?? Samples.Experiment(), shard ?? Shard.Whole, Samples.Environment(), overwrite);

    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2024, 7, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Leaves the folder as version 1 would have, with the certificates of the first images.</summary>
    private void WriteAsVersion1(int images)
    {
        Run run = Run.Read(Folder);
        (run.Manifest with { FormatVersion = 1 }).Write(ManifestPath);
        File.WriteAllLines(
            LogPath,
            run.Certificates.Take(images).Select(certificate => CertificateLog.ToLine(certificate with
            {
                Looks = [.. certificate.Looks.Select(look => new Look(look.N, look.K, look.AlphaA))],
                UpperBound = null,
            })));
    }
}
