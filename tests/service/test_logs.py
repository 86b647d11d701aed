"""Logs: nothing under a name that is not listed, nothing of what a failure says."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from ledger.service.running import logs

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("api", "ledger") for path in (ROOT / folder).rglob("*.py"))


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("info", stream)
    yield stream
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def _lines(out: io.StringIO) -> list[Any]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_names_that_are_not_listed_are_dropped(out: io.StringIO) -> None:
    structlog.get_logger("fenbook.test").info("told", count=3, secret="s3cret", name="Birch")
    [line] = _lines(out)
    assert (line["event"], line["count"], line["level"]) == ("told", 3, "info")
    assert line["logger"] == "fenbook.test"
    assert "s3cret" not in out.getvalue()
    assert "Birch" not in out.getvalue()


def test_values_without_a_form_are_told_by_their_class(out: io.StringIO) -> None:
    structlog.get_logger().info("told", kind=object(), code=ValueError("s3cret"))
    [line] = _lines(out)
    assert (line["kind"], line["code"]) == ("object", "ValueError")


def test_failure_is_its_class_and_its_places_and_no_more(out: io.StringIO) -> None:
    def inner() -> None:
        raise ValueError("postgresql://user:s3cret@host")

    try:
        inner()
    except ValueError:
        structlog.get_logger().error("broke", exc_info=True)
    [line] = _lines(out)
    assert line["fault"] == "ValueError"
    assert line["at"][-1].endswith("inner")
    assert "s3cret" not in out.getvalue()
    assert "/root" not in out.getvalue()


def test_library_s_warning_comes_without_its_values(out: io.StringIO) -> None:
    log = logging.getLogger("uvicorn.error")
    log.info("hello %s", "s3cret")
    log.warning("bad request from %s", "s3cret")
    try:
        raise ValueError("s3cret")
    except ValueError:
        log.exception("broke with %s", "s3cret")
    first, second = _lines(out)
    assert (first["event"], first["logger"]) == ("bad request from %s", "uvicorn.error")
    assert second["fault"] == "ValueError"
    assert "s3cret" not in out.getvalue()


def test_level_decides(out: io.StringIO) -> None:
    logs.configure("error", out)
    structlog.get_logger().warning("quiet")
    assert out.getvalue() == ""


def _logged(path: Path) -> Iterator[tuple[str, int]]:
    """The names under which a module logs something."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = ast.unparse(node.func.value)
        if owner.rpartition(".")[2] == "_log" or node.func.attr == "_note":
            yield from ((one.arg or "**", node.lineno) for one in node.keywords)


def test_every_log_call_keeps_to_the_names() -> None:
    calls = [(path.name, *one) for path in SOURCES for one in _logged(path)]
    assert len(calls) > 10
    for module, name, line in calls:
        assert name in logs.ALLOWED or name == "exc_info", f"{module}:{line}: {name}"
