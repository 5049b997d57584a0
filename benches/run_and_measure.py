"""Runs commands one after the other and answers what they cost together, as the kernel counts it.

run_and_measure.py TIMES, with one command a line on standard input (words apart by tabs). Prints the seconds of
processor of one round, the middle of TIMES rounds, and the highest resident KiB of any command.
"""

import os
import sys

times = int(sys.argv[1])
commands = [line.rstrip("\n").split("\t") for line in sys.stdin]
rounds, highest = [], 0
for _ in range(times):
    seconds = 0.0
    for command in commands:
        silent = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1)]
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=silent)
        _, status, usage = os.wait4(child, 0)
        if status != 0:
            sys.exit(f"{command} ended with {status}")
        seconds += usage.ru_utime + usage.ru_stime
        highest = max(highest, usage.ru_maxrss)
    rounds.append(seconds)
print(sorted(rounds)[times // 2], highest)
