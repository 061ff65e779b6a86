"""What `python -m local.stack` refuses, keeps and cleans up."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from local.stack.ports import LOOPBACK, Ports
from local.stack.services import ServiceAddresses
from tests.local_stack.running import data_folder, refused, services
from tests.support.stack_plugin import LOCAL_PYTHON, ROOT
from tests.support.waiting import eventually


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def choices(ports: Ports) -> list[str]:
    return [f"--port={name}={number}" for name, number in ports.by_name().items()]


def test_a_taken_port_is_named_with_its_server_before_anything_starts(tmp_path: Path) -> None:
    ports = Ports.unused()
    with socket.socket() as other:
        other.bind((LOOPBACK, ports.redis))
        other.listen()

        message = refused("demo", "--data", tmp_path / "data", *choices(ports))

    assert f"port {ports.redis} (redis) is in use" in message
    assert "make demo PORT_BASE=9000" in message
    assert f"port {ports.postgres}" not in message
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_choice_that_is_no_port_is_refused_with_the_servers_names(tmp_path: Path) -> None:
    for choice in ("mysql=3306", "redis=seven", "redis=70000"):
        message = refused("services", "--data", tmp_path / "data", "--port", choice)
        assert repr(choice) in message
        assert "postgres" in message
    assert not (tmp_path / "data").exists()


def test_ports_from_a_base_are_consecutive() -> None:
    assert list(Ports.from_base(9000).by_name().values()) == list(range(9000, 9013))


def test_two_runs_on_one_folder_are_refused_and_the_first_goes_on() -> None:
    with data_folder() as folder, services("--data", folder) as addresses:
        message = refused("services", "--data", folder)

        assert str(folder) in message
        assert "in use by another run" in message
        with psycopg.connect(addresses.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_kept_data_is_found_by_the_next_run() -> None:
    with data_folder() as folder:
        with services("--data", folder, "--keep") as addresses:
            with psycopg.connect(addresses.database_url) as connection:
                connection.execute("CREATE TABLE kept (word text)")
                connection.execute("INSERT INTO kept VALUES ('here')")
            with Redis.from_url(addresses.redis_url) as redis:
                redis.set("kept", "here")

        with services("--data", folder, "--keep") as addresses:
            with psycopg.connect(addresses.database_url) as connection:
                assert connection.execute("SELECT word FROM kept").fetchone() == ("here",)
            with Redis.from_url(addresses.redis_url) as redis:
                assert redis.get("kept") == b"here"

        subprocess.run([LOCAL_PYTHON, "-m", "local.stack", "clean", "--data", folder], cwd=ROOT, check=True)
        assert not folder.exists()


def test_data_that_is_not_kept_is_removed_at_the_end() -> None:
    with data_folder() as folder:
        with services("--data", folder):
            assert folder.exists()
        assert not folder.exists()


def test_two_runs_choose_different_ports_before_any_server_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of fifty ports thirteen and thirteen would be the same now and then."""
    first = 12_000 + os.getpid() % 19_000
    monkeypatch.setattr("local.stack.ports._FIRST", first)
    monkeypatch.setattr("local.stack.ports._BEHIND", first + 50)
    other = (
        "import json; from local.stack import ports;"
        f"ports._FIRST, ports._BEHIND = {first}, {first + 50};"
        "print(json.dumps(dict(ports.Ports.unused().by_name())), flush=True); input()"
    )
    with subprocess.Popen(
        [LOCAL_PYTHON, "-c", other], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        theirs = json.loads(process.stdout.readline())
        ours = Ports.unused().by_name()
        process.communicate("\n")
    assert len({*theirs.values(), *ours.values()}) == len(theirs) + len(ours)


def test_where_no_choice_can_be_kept_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And not tried with one port after another for ever."""
    in_the_way = tmp_path / "ports"
    in_the_way.touch()
    monkeypatch.setattr("local.stack.ports._CHOSEN", in_the_way)
    with pytest.raises(FileExistsError):
        Ports.unused()


def test_servers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    """Even one that is killed, as a test run may be, leaves no server behind."""
    with data_folder() as folder:
        ports = Ports.unused()
        output = tmp_path / "addresses"
        command = [str(LOCAL_PYTHON), "-m", "local.stack", "services", "--data", str(folder), *choices(ports)]
        start = f"import subprocess, sys; subprocess.run({command!r}, stdout=open({str(output)!r}, 'w'))"
        with subprocess.Popen([LOCAL_PYTHON, "-c", start], cwd=ROOT) as parent:
            line = eventually(lambda: output.exists() and output.read_text())
            assert ServiceAddresses.from_json(str(line)).database_url.endswith(f":{ports.postgres}/lifeguard")
            os.kill(parent.pid, signal.SIGKILL)

        used = (ports.postgres, ports.redis, ports.cognito, ports.smtp)
        eventually(lambda: not any(listens(port) for port in used))
        eventually(lambda: not folder.exists())


def test_a_server_that_dies_stops_everything_and_its_log_is_shown() -> None:
    with data_folder() as folder:
        ports = Ports.unused()
        command = [str(LOCAL_PYTHON), "-m", "local.stack", "services", "--data", str(folder), *choices(ports)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            addresses = ServiceAddresses.from_json(process.stdout.readline())
            with Redis.from_url(addresses.redis_url) as redis:
                redis.shutdown(nosave=True)
            _, message = process.communicate()

        assert process.returncode == 1
        assert "redis ended by itself (exit code 0)" in message
        assert f"The end of {folder}/log/redis.log" in message
        assert not any(listens(port) for port in ports.by_name().values())
