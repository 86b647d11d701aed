"""Writes all mutants of the contracts into one copy of their sources.

A mutant is a small change of one place: a comparison turned round, a statement left out, two
arguments of one type changed over. The copy holds them all, each behind a question for its number;
which of them lives is told at run time by the balances of addresses, one for each, so that a single
compilation serves every mutant, and a run tells which of them it has come to. (Untch, Offutt and
Harrold call this a mutant schema.)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

__all__ = ["HELPER", "SWITCHES", "Mutant", "Schema"]

SWITCHES = int.from_bytes(b"mutant") << 64
"""The address of a mutant's switch is this and its number: it lives while that has a balance."""

HELPER = "contracts/Mutant.sol"
_HELPER_TEXT = f"""// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

function readSwitch_(uint256 number) view returns (bool lives, uint256 unused) {{
    lives = address(uint160({SWITCHES} + number)).balance != 0;
    unused = number;
}}

/// @dev Pure to the compiler, so that pure functions have mutants too.
function is_(uint256 number) pure returns (bool lives) {{
    function(uint256) view returns (bool, uint256) reading = readSwitch_;
    function(uint256) pure returns (bool, uint256) asked;
    assembly {{
        asked := reading
    }}
    (lives,) = asked(number);
}}

/// @dev The condition, or true under one number and false under another; 0 is none.
function or_(bool condition, uint256 whenTrue, uint256 whenFalse) pure returns (bool) {{
    if (whenTrue != 0 && is_(whenTrue)) return true;
    return condition && (whenFalse == 0 || !is_(whenFalse));
}}

/// @dev The condition, or its contrary.
function not_(bool condition, uint256 number) pure returns (bool) {{
    return condition != is_(number);
}}
"""

_NAMES = "is_, not_, or_"
_EDGES = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_SIGNS = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "%": "/",
    "|": "&",
    "&": "|",
    "<<": ">>",
    ">>": "<<",
}
_NEVER = 0  # no mutant has this number


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one place."""

    number: int
    source: str
    line: int
    function: str
    change: str

    @property
    def place(self) -> str:
        """What it is called over changes elsewhere: where it is and what it does."""
        return f"{self.source}:{self.function}: {self.change}"


@dataclass
class Schema:
    """The sources with all their mutants."""

    mutants: list[Mutant] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, text: str, tree: Mapping[str, Any]) -> None:
        """Mutate one source file; `tree` is the compiler's syntax tree of it."""
        if name in self.sources:
            return
        writer = _Writer(self, name, text.encode())
        self.sources[name] = writer.write(tree)
        self.sources.setdefault(HELPER, _HELPER_TEXT)

    def keep(self, name: str, text: str) -> None:
        """Take a source file as it is."""
        self.sources.setdefault(name, text)


@dataclass
class _Writer:
    schema: Schema
    name: str
    text: bytes
    function: str = ""

    def write(self, tree: Mapping[str, Any]) -> str:
        body = self.render(tree)
        pragma = re.search(r"pragma solidity [^;]+;\n", body)
        assert pragma
        use = f'import {{{_NAMES}}} from "{HELPER}";\n'
        return body[: pragma.end()] + use + body[pragma.end() :]

    # ---- text

    def span(self, node: Mapping[str, Any]) -> tuple[int, int]:
        start, length, _ = map(int, node["src"].split(":"))
        end = start + length
        # The compiler counts the semicolon to no statement.
        last = node.get("falseBody") or node.get("trueBody") or node.get("body")
        if node["nodeType"] in ("IfStatement", "ForStatement") and last:
            end = max(end, self.span(last)[1])
        ends = node["nodeType"] in ("ExpressionStatement", "EmitStatement")
        return start, end + (ends and self.text[end : end + 1] == b";")

    def raw(self, node: Mapping[str, Any]) -> str:
        start, end = self.span(node)
        return self.text[start:end].decode()

    def render(self, node: Mapping[str, Any]) -> str:
        """The node's text with its mutants."""
        kind = node.get("nodeType", "")
        if kind in ("FunctionDefinition", "ModifierDefinition"):
            return self._definition(node)
        handler = getattr(self, f"_{kind}", None) if self.function else None
        return handler(node) if handler else self._plain(node)

    def _plain(self, node: Mapping[str, Any]) -> str:
        start, end = self.span(node)
        pieces, place = [], start
        for child in sorted(_children(node), key=self.span):
            low, high = self.span(child)
            if low < place or high > end:
                continue
            pieces += [self.text[place:low].decode(), self.render(child)]
            place = high
        return "".join([*pieces, self.text[place:end].decode()])

    def new(self, node: Mapping[str, Any], change: str) -> int:
        start, _ = self.span(node)
        line = self.text[:start].count(b"\n") + 1
        number = len(self.schema.mutants) + 1
        flat = re.sub(r"\s+", " ", change)
        self.schema.mutants.append(Mutant(number, self.name, line, self.function, flat))
        return number

    # ---- definitions

    def _definition(self, node: Mapping[str, Any]) -> str:
        if node.get("kind") == "constructor":
            return self.raw(node)
        outer, self.function = self.function, node["name"]
        try:
            text = self._plain(node)
            if node["nodeType"] == "ModifierDefinition":
                return self.raw(node) + "\n\n" + _optional(text)
            return text
        finally:
            self.function = outer

    def _ModifierInvocation(self, node: Mapping[str, Any]) -> str:  # noqa: N802 -- the compiler's name
        if node.get("kind") != "modifierInvocation":
            return self._plain(node)
        name = self.raw(node["modifierName"])
        number = self.new(node, f"without {self.raw(node)}")
        given = ", ".join([str(number), *(self.raw(one) for one in node.get("arguments") or ())])
        return f"{name}Unless_({given})"

    # ---- statements

    def _ExpressionStatement(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        inner = node["expression"]
        target = inner.get("leftHandSide", {}).get("typeDescriptions", {}).get("typeString", "")
        if target.endswith("storage pointer"):
            # The compiler does not let a pointer go without its value.
            return self._plain(node)
        number = self.new(node, f"without {self.raw(inner)}")
        return self._unless(number, node)

    def _EmitStatement(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        number = self.new(node, f"without {self.raw(node)}")
        return self._unless(number, node)

    def _unless(self, number: int, node: Mapping[str, Any]) -> str:
        # In braces of its own: an `else` that follows belongs to the `if` before it.
        return f"{{ if (!is_({number})) {{ {self._plain(node)} }} }}"

    def _IfStatement(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        condition = node["condition"]
        asked = self.raw(condition)
        yes, no = (
            self.new(condition, f"if true for {asked}"),
            self.new(condition, f"if false for {asked}"),
        )
        return self._replaced(node, condition, f"or_({self.render(condition)}, {yes}, {no})")

    def _replaced(self, node: Mapping[str, Any], child: Mapping[str, Any], new: str) -> str:
        start, end = self.span(node)
        pieces, place = [], start
        for one in sorted(_children(node), key=self.span):
            low, high = self.span(one)
            pieces += [self.text[place:low].decode(), new if one is child else self.render(one)]
            place = high
        return "".join([*pieces, self.text[place:end].decode()])

    def _ForStatement(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        step = node.get("loopExpression")
        return self._replaced(node, step, self.raw(step)) if step else self._plain(node)

    # ---- expressions

    def _Conditional(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        condition = node["condition"]
        number = self.new(node, f"the other of {self.raw(node)}")
        new = f"(not_({self.render(condition)}, {number}))"
        return f"({self._replaced(node, condition, new)})"

    def _BinaryOperation(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        if _is_constant(node):
            return self.raw(node)
        sign = node["operator"]
        left, right = node["leftExpression"], node["rightExpression"]
        whole = self.raw(node)
        if sign in ("==", "!="):
            number = self.new(node, f"not {whole}")
            return f"not_({self._plain(node)}, {number})"
        if sign in _EDGES:
            number, contrary = (
                self.new(node, f"{_EDGES[sign]} in {whole}"),
                self.new(node, f"not {whole}"),
            )
            one, two = self.render(left), self.render(right)
            edge = f"(is_({number}) ? {one} {_EDGES[sign]} {two} : {one} {sign} {two})"
            return f"not_({edge}, {contrary})"
        if sign in ("&&", "||"):
            first = self.new(node, f"only the right of {whole}")
            second = self.new(node, f"only the left of {whole}")
            numbers = (f"{first}, {_NEVER}", f"{second}, {_NEVER}")
            if sign == "||":
                numbers = (f"{_NEVER}, {first}", f"{_NEVER}, {second}")
            return (
                f"(or_({self.render(left)}, {numbers[0]}) {sign} "
                f"or_({self.render(right)}, {numbers[1]}))"
            )
        if sign in _SIGNS:
            number = self.new(node, f"{_SIGNS[sign]} in {whole}")
            one, two = self.render(left), self.render(right)
            return f"(is_({number}) ? {one} {_SIGNS[sign]} {two} : {one} {sign} {two})"
        return self._plain(node)

    def _UnaryOperation(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        if node["operator"] != "!":
            return self._plain(node)
        number = self.new(node, f"not {self.raw(node)}")
        return f"not_({self._plain(node)}, {number})"

    def _FunctionCall(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        """Two neighbouring arguments of one type change places."""
        given: Sequence[Any] = node["arguments"]
        if node["kind"] != "functionCall" or node.get("names") or _is_constant(node):
            return self._plain(node)
        texts = [self.render(one) for one in given]
        for first, (low, high) in enumerate(pairwise(given)):
            kinds = [one["typeDescriptions"]["typeString"] for one in (low, high)]
            same = kinds[0] == kinds[1] and not kinds[0].startswith(("int_const", "literal_string"))
            if not same or self.raw(low) == self.raw(high) or _is_constant(low):
                continue
            called = self.raw(node["expression"])
            number = self.new(low, f"{self.raw(low)} and {self.raw(high)} changed over in {called}")
            one, two = texts[first], texts[first + 1]
            texts[first] = f"(is_({number}) ? {two} : {one})"
            texts[first + 1] = f"(is_({number}) ? {one} : {two})"
        return self._with_arguments(node, texts)

    def _with_arguments(self, node: Mapping[str, Any], texts: Sequence[str]) -> str:
        start, end = self.span(node)
        pieces, place = [], start
        called = node["expression"]
        low, high = self.span(called)
        pieces += [self.text[place:low].decode(), self.render(called)]
        place = high
        for one, text in zip(node["arguments"], texts, strict=True):
            low, high = self.span(one)
            pieces += [self.text[place:low].decode(), text]
            place = high
        return "".join([*pieces, self.text[place:end].decode()])

    def _VariableDeclaration(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        return self.raw(node)

    def _InlineAssembly(self, node: Mapping[str, Any]) -> str:  # noqa: N802
        return self.raw(node)


def _optional(text: str) -> str:
    """A modifier that the mutant of its first parameter leaves out; the only one that is used."""
    head, brace, body = text.partition("{")
    name, _, parameters = head.partition("modifier ")[2].partition("(")
    parameters = parameters.rpartition(")")[0]
    more = f", {parameters}" if parameters.strip() else ""
    inner = body.rpartition("}")[0]
    return (
        f"modifier {name.strip()}Unless_(uint256 number_{more}) "
        f"{brace} if (is_(number_)) {{ _; }} else {{ {inner} }} }}"
    )


def _children(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name, value in node.items():
        if name in ("documentation", "typeDescriptions", "commonType"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and "nodeType" in one and "src" in one:
                yield one


def _is_constant(node: Mapping[str, Any]) -> bool:
    kind = node.get("typeDescriptions", {}).get("typeString", "")
    return bool(node.get("isPure")) or kind.startswith(("int_const", "rational_const"))
