import os
import signal
import sys
import time
from pathlib import Path

import pytest

from portal.lib import children
from portal.lib.children import Child, ChildError, stop_all


def child(program, **options):
    return Child("helper", [sys.executable, "-c", program], dict(os.environ), **options)


def wait_until(happened, meanwhile=lambda: None):
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        meanwhile()
        time.sleep(0.01)


def watch_until(kept, said, happened):
    wait_until(happened, meanwhile=lambda: kept.watch(said.append))


def test_killed_child_is_started_again():
    kept, said = child("import time; time.sleep(60)"), []
    kept.start()
    first = kept.process

    os.kill(first.pid, signal.SIGKILL)
    watch_until(kept, said, lambda: kept.process not in (None, first))

    stop_all([kept])
    assert said == ["The helper ended by SIGKILL. Starting it again."]


def test_child_that_keeps_dying_is_given_more_and_more_time():
    kept, said = child("raise SystemExit(3)"), []
    kept.start()

    watch_until(kept, said, lambda: len(said) == 2)

    stop_all([kept])
    assert said[1] == "The helper ended with code 3. Starting it again in 1 seconds."


def test_child_that_must_run_and_cannot_is_an_error():
    kept, said = child("raise SystemExit(3)", most_deaths=2), []
    kept.start()

    with pytest.raises(ChildError, match="^The helper ended with code 3, 2 times in a row"):
        watch_until(kept, said, lambda: False)


def test_stopping_waits_for_what_is_under_way():
    polite = "import signal, sys, time; signal.signal(15, lambda *_: (time.sleep(0.2), sys.exit(0))); time.sleep(60)"
    kept = child(f"print(flush=True); {polite}")
    kept.start()
    time.sleep(0.5)

    stop_all([kept])

    assert kept.process.returncode in (0, -signal.SIGTERM)  # the second when it had not yet come to its handler


def test_child_that_ignores_the_wish_is_killed(monkeypatch):
    monkeypatch.setattr(children, "PATIENCE_TO_STOP", 0.1)
    kept = child("import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)")
    kept.start()
    time.sleep(0.5)

    stop_all([kept])

    assert kept.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can promise this")
def test_child_ends_when_its_parent_is_killed(tmp_path):
    parent = (
        "import os, sys, time; from portal.lib.children import Child\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "kept = Child('helper', sleep, dict(os.environ)); kept.start()\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(kept.process.pid) + '.'); time.sleep(60)"
    )
    middle = child(parent)
    middle.start()
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("."))
    grandchild = int((tmp_path / "pid").read_text()[:-1])

    middle.process.kill()
    middle.process.wait()

    wait_until(lambda: not is_running(grandchild))


def is_running(process_id):
    try:
        state = Path(f"/proc/{process_id}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
