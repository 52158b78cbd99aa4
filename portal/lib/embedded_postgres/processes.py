"""Tell whether the process that postmaster.pid names is really the server of its folder."""

from pathlib import Path

from .binaries import run


def postmaster_runs(data_dir: Path) -> bool:
    """Return whether postmaster.pid names a living postgres of this data folder.

    After kill -9 or a restart of the machine the number may be nobody's, a zombie's or a stranger's.
    """
    try:
        process_id = int((data_dir / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return False
    return f"-D {data_dir} " in f"{_command_line(process_id)} "


def _command_line(process_id: int) -> str:
    """Return the words a process was started with; none for a zombie or for nobody."""
    if not Path("/proc/self/cmdline").exists():
        return run(["ps", "-o", "args=", "-p", str(process_id)]).stdout.strip()
    try:
        return Path(f"/proc/{process_id}/cmdline").read_text(errors="replace").replace("\0", " ").strip()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
