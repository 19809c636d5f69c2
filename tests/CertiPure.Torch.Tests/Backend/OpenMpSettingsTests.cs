using CertiPure.Torch.Backend;

namespace CertiPure.Torch.Tests.Backend;

public sealed class OpenMpSettingsTests
{
    [Fact]
    public void Waiting_threads_spin_for_a_short_time_where_the_user_has_not_decided_it() =>
        Assert.Contains(OpenMpSettings.ToSet(_ => null), pair => pair is { Name: "GOMP_SPINCOUNT", Value: "2000" });

    [Theory]
    [InlineData("OMP_WAIT_POLICY", "active")]
    [InlineData("GOMP_SPINCOUNT", "300000")]
    [InlineData("KMP_BLOCKTIME", "200")]
    public void What_the_user_has_set_wins(string variable, string value) =>
        Assert.Empty(OpenMpSettings.ToSet(name => name == variable ? value : null));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("4", 4)]
    [InlineData(" 8 ", 8)]
    [InlineData("4,2", 4)]
    [InlineData("0", null)]
    [InlineData("-3", null)]
    [InlineData("many", null)]
    public void The_users_number_of_threads_is_the_first_of_its_list(string? value, int? threads) =>
        Assert.Equal(threads, OpenMpSettings.ParseThreads(value));
}
