"""The processor time of process trees, from /proc (proc(5))."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
# utime, stime, cutime and cstime in /proc/<pid>/stat, counted from the field after the command's closing bracket.
_TIMES = slice(11, 15)
_PARENT = 1


class CpuOf:
    """The time that processes and their descendants spend from now on, those that end meanwhile too."""

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = roots
        self._before = self._now()

    def spent(self) -> dict[str, float]:
        """Return seconds by name, since this was made."""
        return {name: seconds - self._before[name] for name, seconds in self._now().items()}

    @staticmethod
    def children(parent: int, commands: Mapping[str, str]) -> dict[str, int]:
        """Return the pids of a process's children by name: those whose command contains a text."""
        found = {}
        for pid, fields in _processes():
            if int(fields[_PARENT]) == parent:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                found.update({name: pid for name, text in commands.items() if text in command})
        assert found.keys() == commands.keys(), (found, commands)
        return found

    def _now(self) -> dict[str, float]:
        times, children = {}, dict[int, list[int]]()
        for pid, fields in _processes():
            times[pid] = sum(int(ticks) for ticks in fields[_TIMES]) / _TICKS
            children.setdefault(int(fields[_PARENT]), []).append(pid)

        def of_tree(pid: int) -> float:
            return times.get(pid, 0.0) + sum(of_tree(child) for child in children.get(pid, ()))

        return {name: of_tree(pid) for name, pid in self._roots.items()}


def _processes() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                content = (folder / "stat").read_text()
            except OSError:
                # It has ended.
                continue
            yield int(folder.name), content.rpartition(")")[2].split()
