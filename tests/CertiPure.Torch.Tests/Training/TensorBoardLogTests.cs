using CertiPure.Torch.Tests.Checkpoints;
using CertiPure.Torch.Training;

namespace CertiPure.Torch.Tests.Training;

public sealed class TensorBoardLogTests
{
    [Fact]
    public void A_scalar_is_written_byte_for_byte_as_the_format_says()
    {
        using var folder = new TemporaryFolder();
        using (var log = new TensorBoardLog(folder.Path, new FixedTime()))
        {
            log.Write(300, ("loss", 0.5));
        }

        byte[] file = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.Path, "events.out.tfevents.*")));
        Assert.Equal(Convert.FromHexString(Expected), file);
    }

    // Built from the format's definition with an independent CRC-32C and protocol buffer encoder.
    private const string Expected = 
        "1A00000000000000129BD82D090000000000408F4010001A0D627261696E2E4576656E743A326C6117DD1B0000000000"
        + "00001A0D9E13090000000000408F4010AC022A0D0A0B0A046C6F7373150000003FCF73D0FF";

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1000);
    }
}
