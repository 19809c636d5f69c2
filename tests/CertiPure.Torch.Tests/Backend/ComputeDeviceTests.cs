using CertiPure.Torch.Backend;
using TorchSharp;

namespace CertiPure.Torch.Tests.Backend;

public sealed class ComputeDeviceTests
{
    [Fact]
    public void The_processor_is_named_cpu()
    {
        Assert.Equal(DeviceType.CPU, ComputeDevice.Parse("cpu").Open().type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CPU")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    public void Another_name_is_refused_as_misuse(string name)
    {
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<CertiPureException>(() => ComputeDevice.Parse(name)).Reason);
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_refused_with_advice()
    {
        var exception = Assert.Throws<CertiPureException>(() => ComputeDevice.Parse("cuda:4096").Open());
        Assert.Contains("CERTIPURE_LIBTORCH", exception.Message, StringComparison.Ordinal);
    }
}
