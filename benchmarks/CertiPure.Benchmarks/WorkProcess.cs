using System.Diagnostics;
using System.Globalization;

namespace CertiPure.Benchmarks;

/// <summary>This program once more, in a process of its own: with an environment of its own, which OpenMP reads at its start, or as a
/// competitor for the processors.</summary>
internal sealed class WorkProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts the process and waits until it is ready.</summary>
    /// <param name="arguments">The arguments of this program.</param>
    /// <param name="environment">Variables beside those of this process; OpenMP's are not handed on.</param>
    public WorkProcess(IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
        : this(Environment.ProcessPath!, [.. OfHost(), .. arguments], environment)
    {
    }

    /// <summary>Starts another program that meets this one in the same way, and waits until it is ready.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside those of this process; OpenMP's are not handed on.</param>
    public WorkProcess(string program, IEnumerable<string> arguments, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string name in (string[])["OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT"])
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        Expect("ready");
    }

    /// <summary>What comes before this program's arguments where it does not run by its own name but by <c>dotnet</c>.</summary>
    private static string[] OfHost() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(WorkProcess).Assembly.Location] : [];

    /// <summary>How the process meets the other one: says that it is ready, then does its work once for each line that comes.</summary>
    /// <param name="seconds">The work, which tells how long it took.</param>
    public static void Answer(Func<double> seconds)
    {
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
        {
            Console.WriteLine(seconds().ToString("R", CultureInfo.InvariantCulture));
        }
    }

    /// <summary>One busy competitor for each processor, at the priority of this process; disposing ends them.</summary>
    public static IDisposable Compete() =>
        new Group([.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new WorkProcess(["busy"]))]);

    /// <summary>What a competitor does: keeps a processor busy until its input ends.</summary>
    public static void BeBusy()
    {
        Console.WriteLine("ready");
        bool ends = false;
        var wait = new Thread(() =>
        {
            _ = Console.ReadLine();
            Volatile.Write(ref ends, true);
        });
        wait.Start();
        double value = 1;
        while (!Volatile.Read(ref ends))
        {
            for (int i = 0; i < 1_000_000; i++)
            {
                value = (value * 1.000001) + 1e-9;
            }
        }

        wait.Join();
        GC.KeepAlive(value);
    }

    /// <summary>Lets the process do its work once.</summary>
    /// <returns>The seconds that it took.</returns>
    public double Run()
    {
        _process.StandardInput.WriteLine("go");
        _process.StandardInput.Flush();
        return double.Parse(Line(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Line() => _process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException("The process that was to be measured has ended.");

    private void Expect(string word)
    {
        while (Line() != word)
        {
            // What a library prints while it starts.
        }
    }

    private sealed class Group(IReadOnlyList<WorkProcess> processes) : IDisposable
    {
        public void Dispose()
        {
            foreach (WorkProcess process in processes)
            {
                process.Dispose();
            }
        }
    }
}
