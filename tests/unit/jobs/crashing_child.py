"""A compute child that does what it is told, crashing included."""

import os
import signal
import time
from pathlib import Path

from lipwright.jobs.child_side import Message, Report, serve
from lipwright.jobs.ports import JobError


def handle(request: Message, report: Report) -> Message:
    command = request["command"]
    if command == "refuse":
        raise JobError("too blue", "generation_input_video_invalid")
    if command == "crash_once":
        mark = Path(request["mark"])
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGSEGV)
    if command == "defect":
        raise ZeroDivisionError("a defect")
    if command == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if command == "sleep":
        report({"stage": "render", "done": 1, "total": 2})
        Path(request["mark"]).touch()
        time.sleep(60)
    if command == "tick":
        for _ in range(int(request["seconds"] / 0.05)):
            with Path(request["mark"]).open("a") as file:
                file.write("x")
            time.sleep(0.05)
    os.write(1, b"a native library prints what it likes\n")
    return {"pid": os.getpid()}


if __name__ == "__main__":
    serve(handle)
