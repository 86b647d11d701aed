"""The benchmarks' own parts: the figures on the page, and the load that is sent."""

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench import figures
from tests.bench.__main__ import BENCHMARKS, main
from tests.bench.figures import PAGE, Figure, kept, page, show
from tests.bench.load import Address, answered, percentile, post, rate_of, send

AIMS = {
    "throughput": ["≥ 600/s", "≥ 0.30", "≥ 3"],
    "latency": ["≤ 1,150 ms"],
    "settlement": ["≤ 6 s"],
    "follower": ["≥ 0.20"],
    "memory": ["≤ 300 MB"],
    "imports": ["≤ 3 s", "≤ 3 s"],
    "relay": [],
    "books": [],
}
"""What the project asks for: of settlement three blocks and three seconds, of latency a block
and 150 ms, with a block each second."""


class TestPage:
    def test_page_holds_the_figures_that_are_kept(self) -> None:
        text = PAGE.read_text("utf-8")
        assert page(text, kept()) == text

    def test_page_without_marks_is_left_alone(self) -> None:
        with pytest.raises(ValueError, match="substring"):
            page("# Performance\n", {})

    def test_figures_take_the_place_of_the_last_ones(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = tmp_path / "performance.md"
        place.write_text(PAGE.read_text("utf-8"), "utf-8")
        monkeypatch.setattr(figures, "PAGE", place)
        monkeypatch.setattr(figures, "_KEPT", tmp_path / "figures.json")
        figures.keep("relay", [Figure("first", "1/s")])
        figures.keep("books", [Figure("other", "2 s", "≤ 1 s", is_met=False)])
        figures.keep("relay", [Figure("second", "3/s")])
        text = place.read_text("utf-8")
        assert "| books | other | 2 s | ≤ 1 s | missed |\n| relay | second | 3/s |  |  |\n" in text
        assert [one.what for one in kept()["relay"]] == ["second"]
        assert page(text, kept()) == text
        assert text.endswith(PAGE.read_text("utf-8")[-20:])

    def test_every_benchmark_has_figures(self) -> None:
        assert BENCHMARKS.keys() == AIMS.keys()
        assert kept().keys() == AIMS.keys()

    def test_aims_are_those_of_the_project(self) -> None:
        for name, found in kept().items():
            assert [one.aim for one in found if one.aim] == AIMS[name]

    def test_figure_is_met_or_missed_as_its_numbers_say(self) -> None:
        for one in (one for found in kept().values() for one in found if one.aim):
            value, aim = (_number(text) for text in (one.value, one.aim))
            # What is shown is rounded.
            if abs(value - aim) > 0.01 * aim:
                assert one.is_met == (value > aim if one.aim.startswith("≥") else value < aim)

    def test_figure_is_shown_with_its_aim(self, capsys: pytest.CaptureFixture[str]) -> None:
        show([Figure("share", "0.1", "≥ 0.2", is_met=False), Figure("logs", "7")])
        assert capsys.readouterr().out == "  share: 0.1 (aim ≥ 0.2: MISSED)\n  logs: 7\n"


class TestRuns:
    def test_quick_run_prints_and_writes_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        before = PAGE.read_text("utf-8"), kept()
        assert main(["--quick", "relay"]) == 0
        assert (PAGE.read_text("utf-8"), kept()) == before
        assert "times as fast" in capsys.readouterr().out

    def test_unknown_benchmark_is_a_misuse(self) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["speed"])
        assert ended.value.code == 2


class TestLoad:
    def test_answers_stand_in_the_order_of_requests(self) -> None:
        with _server() as address:
            answers = send(address, [_asked(f"{one}") for one in range(50)], connections=7)
        assert [one.body for one in answers] == [b"%d" % one for one in range(50)]
        assert all(one.status == 202 and one.done >= one.due for one in answers)

    def test_answer_in_pieces_is_put_together(self) -> None:
        with _server() as address:
            [answer] = send(address, [_asked("cut " * 100)], connections=1)
        assert answer.body == b"cut " * 100

    def test_requests_of_a_rate_are_sent_when_they_are_due(self) -> None:
        with _server() as address:
            answers = send(address, [_asked("due")] * 30, connections=4, rate=100)
        gaps = [later.due - one.due for one, later in pairwise(answers)]
        assert gaps == pytest.approx([0.01] * 29)
        assert answers[-1].done - answers[0].due >= 0.29

    def test_waiting_for_a_connection_counts(self) -> None:
        with _server() as address:
            answers = send(address, [_asked("slow")] * 3, connections=1, rate=1_000)
        assert answers[-1].done - answers[-1].due > 0.1
        assert rate_of(answers) < 3 / 0.15

    def test_somebody_looks_while_nothing_comes(self) -> None:
        looks: list[float] = []
        with _server() as address:
            requests = [_asked("slow")]
            send(address, requests, connections=1, look=lambda: looks.append(time.monotonic()))
        assert len(looks) >= 3

    def test_server_that_hangs_up_fails_the_run(self) -> None:
        with _server() as address, pytest.raises(ConnectionError, match="hung up"):
            send(address, [_asked("hang up")], connections=1)

    def test_answer_of_another_status_is_told(self) -> None:
        with _server() as address:
            answers = send(address, [_asked("no"), _asked("yes")], connections=1)
        with pytest.raises(AssertionError, match="1 answers are not 202: 500 no"):
            answered(answers, 202)

    def test_percentile_is_the_least_that_so_many_do_not_exceed(self) -> None:
        values = list(range(100, 0, -1))
        assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 50, 99, 100]


# ---- a server


class _Echo(socketserver.StreamRequestHandler):
    """Answers with what it got; some words mean more."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while head := self._head():
            body = self.rfile.read(int(head["content-length"]))
            if body == b"hang up":
                return
            if body == b"slow":
                time.sleep(0.05)
            status = "500 Broken" if body == b"no" else "202 Accepted"
            answer = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            for start in range(0, len(answer), 150):
                self.wfile.write(answer[start : start + 150])

    def _head(self) -> dict[str, str]:
        """The lines of a head; none once the other side has gone."""
        lines: list[str] = []
        while (line := self.rfile.readline().strip()) or not lines:
            if not line:
                return {}
            lines.append(line.decode())
        return dict(re.split(r": *", one, maxsplit=1) for one in lines[1:])


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def _server() -> Iterator[Address]:
    with _Server(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield "127.0.0.1", server.server_address[1]
        finally:
            server.shutdown()
            thread.join(timeout=5)


def _asked(text: str) -> bytes:
    return post("/", text.encode())


def _number(text: str) -> float:
    return float(re.sub(r"[^\d.]", "", text))
