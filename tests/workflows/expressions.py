"""The part of GitHub's expressions that our workflows use; anything else is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Function = Callable[..., Any]

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|[(),]|[A-Za-z_][\w.-]*)")
_INSIDE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def filled(text: str, context: Mapping[str, Any], functions: Mapping[str, Function]) -> str:
    """A text with its `${{ … }}` replaced by their values."""
    return _INSIDE.sub(lambda match: _shown(value(match[1], context, functions)), text)


def holds(condition: str, context: Mapping[str, Any], functions: Mapping[str, Function]) -> bool:
    """Whether an `if:` is true; without a status function it also wants success, as at GitHub."""
    inner = _INSIDE.fullmatch(condition.strip())
    text = inner[1] if inner else condition
    asked = any(f"{name}()" in text for name in ("always", "success", "failure", "cancelled"))
    return bool(value(text, context, functions)) and (asked or bool(functions["success"]()))


def value(expression: str, context: Mapping[str, Any], functions: Mapping[str, Function]) -> Any:
    """The value of one expression."""
    parser = _Parser(_tokens(expression), context, functions)
    found = parser.any_of()
    if parser.rest:
        raise ValueError(f"{expression.strip()}: {parser.rest[0]} is not expected there")
    return found


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"{text.strip()}: {text[at:].strip()[:10]} is more than these tests understand")
        found.append(match[1])
        at = match.end()
    return found


def _shown(found: Any) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    return "" if found is None else str(found)


class _Parser:
    """Both sides of `||` and `&&` are read, and only the one that counts is given."""

    def __init__(self, tokens: list[str], context: Mapping[str, Any], functions: Mapping[str, Function]) -> None:
        self.rest = tokens
        self._context = context
        self._functions = functions

    def any_of(self) -> Any:
        found = self._all_of()
        while self._take("||"):
            other = self._all_of()
            found = found or other
        return found

    def _all_of(self) -> Any:
        found = self._compared()
        while self._take("&&"):
            other = self._compared()
            found = found and other
        return found

    def _compared(self) -> Any:
        found = self._single()
        for sign in ("==", "!="):
            if self._take(sign):
                return (_shown(found).lower() == _shown(self._single()).lower()) is (sign == "==")
        return found

    def _single(self) -> Any:
        token = self.rest.pop(0) if self.rest else ""
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self._take("("):
            return self._call(token)
        if not token or not (token[0].isalpha() or token[0] == "_"):
            raise ValueError(f"{token or 'the end'} is not expected there")
        found: Any = self._context
        for part in token.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def _call(self, name: str) -> Any:
        arguments = []
        while not self._take(")"):
            arguments.append(self.any_of())
            self._take(",")
        if name not in self._functions:
            raise ValueError(f"{name}() is more than these tests understand")
        return self._functions[name](*arguments)

    def _take(self, token: str) -> bool:
        if self.rest[:1] == [token]:
            self.rest.pop(0)
            return True
        return False
