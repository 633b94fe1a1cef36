#!/usr/bin/python3
"""answers.py [--times N] COMMAND...: starts the program, and fails unless it answers initialize and tools/list.

With --times it does so N times, and prints the medians of a run from the start to the list: milliseconds that pass, and
milliseconds of CPU of all its processes together.
"""
import json
import os
import statistics
import subprocess
import sys
import threading
import time

OPENING = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "answers", "version": "1"}}
PATIENCE = 120  # seconds, for a program under an emulator on a busy machine


def line(**message):
    return (json.dumps({"jsonrpc": "2.0"} | message) + "\n").encode()


def result_of(child, number):
    for text in child.stdout:
        answer = json.loads(text)
        if answer.get("id") == number:
            return answer["result"]
    raise SystemExit(f"answers.py: {' '.join(child.args)} ended without an answer to request {number}")


def run(command):
    """The tools' names, and the milliseconds until they came: on the clock, and of CPU until the program's end."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    guard = threading.Timer(PATIENCE, child.kill)
    guard.daemon = True
    guard.start()
    child.stdin.write(line(id=1, method="initialize", params=OPENING))
    child.stdin.flush()
    result_of(child, 1)
    child.stdin.write(line(method="notifications/initialized") + line(id=2, method="tools/list"))
    child.stdin.flush()
    names = [tool["name"] for tool in result_of(child, 2)["tools"]]
    passed = time.monotonic() - begin
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    guard.cancel()
    if status != 0 or "pve_list_nodes" not in names:
        raise SystemExit(f"answers.py: {' '.join(command)} ended with {status} and {len(names)} tools")
    return names, passed * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def main(words):
    times = 1
    if words[0] == "--times":
        times, words = int(words[1]), words[2:]
    runs = [run(words) for _ in range(times)]
    if times > 1:
        print(f"{statistics.median(r[1] for r in runs):.1f} ms, {statistics.median(r[2] for r in runs):.1f} ms CPU")


main(sys.argv[1:])
