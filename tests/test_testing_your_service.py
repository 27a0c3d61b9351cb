"""The page for other builders is true: its own files and commands are run, and say what the page says they say."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from support.postgres import free_port

PAGE = Path(__file__).parents[1] / "docs" / "testing-your-service.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8").replace("localhost:8000", f"localhost:{PORT}")
    text = text.replace('"localhost", 8000', f'"localhost", {PORT}')
    text = text.replace("sleep 1\n", f"until (: < /dev/tcp/localhost/{PORT}) 2> /dev/null; do sleep 0.1; done\n")
    return [body for found, body in _BLOCK.findall(text) if found == language]


PORT = free_port()


def test_the_page_takes_a_stranger_to_a_tested_service(tmp_path: Path) -> None:
    for body in blocks("python"):
        name = body.splitlines()[0].removeprefix("# ")
        (tmp_path / name).write_text(body, encoding="utf-8")
    (tmp_path / "commands.sh").write_text("set -e\n" + "\n".join(blocks("sh")), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            ["bash", "commands.sh"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=120)
        finally:
            with contextlib.suppress(ProcessLookupError):  # the page ends its service itself
                os.killpg(process.pid, signal.SIGKILL)
    text = (tmp_path / "said").read_text(encoding="utf-8")
    assert code == 0, text
    expected = [line for block in blocks("text") for line in block.splitlines()]
    assert expected
    assert [line for line in expected if line not in text] == []
