"""Runs the process that opens a file, and writes down what it used: `python -I measured.py LOG PROGRAM ARGUMENTS...`.

A process counts the memory of whoever started it as its own until it runs its program, so a test that measured its
children itself would mostly measure the test.
"""

import os
import sys

log, program, *arguments = sys.argv[1:]
child = os.posix_spawn(sys.executable, [sys.executable, "-I", program, *arguments], os.environ)
_, status, used = os.wait4(child, 0)
with open(log, "a") as lines:
    lines.write(f"{used.ru_maxrss} {used.ru_utime + used.ru_stime:.3f}\n")
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
