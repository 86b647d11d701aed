"""The table of what each suite takes."""

from types import SimpleNamespace

from tests.shares import shares, table


def _report(node: str, seconds: float) -> SimpleNamespace:
    return SimpleNamespace(nodeid=node, duration=seconds)


def test_a_folder_is_one_suite_and_a_module_beside_it_another() -> None:
    found = shares(
        [
            _report("tests/api/test_events.py::test_one", 1.5),
            _report("tests/api/financing/test_desk.py::test_two[x]", 2.0),
            _report("tests/test_gas.py::test_three", 0.25),
            SimpleNamespace(nodeid="tests/test_gas.py::test_four"),
        ]
    )
    assert found == {"tests/api": 3.5, "tests/test_gas.py": 0.25}


def test_the_slowest_come_first_and_the_quick_ones_together() -> None:
    reports = [
        _report("tests/b/test.py::x", 2.0),
        _report("tests/a/test.py::x", 7.5),
        _report("tests/c/test.py::x", 0.25),
        _report("tests/d/test.py::x", 0.25),
    ]
    assert table(shares(reports)) == [
        "    7.5 s  75.0%  tests/a",
        "    2.0 s  20.0%  tests/b",
        "    0.5 s   5.0%  2 others",
    ]


def test_a_run_without_tests_has_no_shares() -> None:
    assert table(shares([])) == []
