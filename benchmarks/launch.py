"""Run a command and write what it took to a file: python -I -S benchmarks/launch.py FILE COMMAND.

A process of its own, since a child's peak memory begins at that of the process it was made by: this one has
a few megabytes, a benchmark that holds a million polygons has a gigabyte.
"""

from __future__ import annotations

import os
import sys
import time


def main(result: str, command: list[str]) -> int:
    """Run the command; write its exit code, wall-clock and processor seconds and ru_maxrss; return the exit code."""
    begin = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)  # noqa: S606 - the command of a benchmark, no shell
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    code = os.waitstatus_to_exitcode(status)
    with open(result, "w", encoding="ascii") as stream:  # noqa: PTH123 - pathlib alone doubles this process
        stream.write(f"{code} {wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]) & 0xFF)
