using Rhoflow.Kernels;
using Shouldly;
using Xunit;

namespace Rhoflow.Tests.Kernels;

/// <summary>A team does every task once, hands errors over, and can be called again and again.</summary>
public class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_task_is_done_once(int threads)
    {
        using var team = new Team(threads);
        foreach (var tasks in new[] { 0, 1, 2, 3, 1000 })
        {
            var done = new int[tasks];
            team.Run(tasks, (task, thread) =>
            {
                thread.ShouldBeInRange(0, threads - 1);
                Interlocked.Increment(ref done[task]);
            });
            done.ShouldAllBe(times => times == 1);
        }
    }

    [Fact]
    public void Many_small_runs_in_a_row()
    {
        using var team = new Team(3);
        var sums = new long[4];
        Action<int, int> add = (task, _) => sums[task]++;
        for (var i = 0; i < 900; i++)
        {
            // Now and then long enough for the others to fall asleep.
            if (i % 300 == 299) Thread.Sleep(20);
            team.Run(4, add);
        }
        sums.ShouldAllBe(sum => sum == 900);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_reaches_the_caller_and_the_team_goes_on(int threads)
    {
        using var team = new Team(threads);
        for (var i = 0; i < 20; i++)
        {
            Should.Throw<InvalidOperationException>(() => team.Run(50, (task, _) =>
            {
                if (task == 17) throw new InvalidOperationException("seventeen");
            })).Message.ShouldBe("seventeen");
            var count = 0;
            team.Run(50, (_, _) => Interlocked.Increment(ref count));
            count.ShouldBe(50);
        }
    }

    [Fact]
    public void Scratch_is_one_s_own_and_aligned()
    {
        using var team = new Team(2);
        Span<double> first = team.Scratch<double>(0, 100), second = team.Scratch<double>(1, 100);
        first.Fill(1);
        second.Fill(2);
        first.ToArray().ShouldAllBe(x => x == 1);
        unsafe
        {
            fixed (double* p = first) ((nuint)p % 64).ShouldBe((nuint)0);
        }
        team.Scratch<float>(0, 10).Length.ShouldBe(10);
        Should.Throw<ArgumentOutOfRangeException>(() => _ = new Team(0));
    }
}
