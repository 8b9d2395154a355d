"""A plot of the verdicts: seconds after the first sign that a release is doomed, one row for each scenario."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from benchmarks.rollout.report import of
from benchmarks.rollout.scenarios import DOOMED
from benchmarks.rollout.tools import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.rollout.outcome import Outcome

_LEFT, _WIDTH, _ROW, _TOP = 170, 560, 26, 60
_LEAST_S, _MOST_S = 0.01, 100.0
_COLOURS = ("#0b6e4f", "#1f77b4", "#ff7f0e", "#d62728", "#9467bd", "#8c564b")


def svg(outcomes: Sequence[Outcome]) -> str:
    """Medians of the tuned on a logarithmic scale; a hollow mark at the left edge is a verdict from before the sign."""
    tools = [tool for tool in dict.fromkeys(outcome.tool for outcome in outcomes) if not tool.endswith(SHIPPED)]
    height = _TOP + _ROW * len(DOOMED) + 40
    size = f'width="{_LEFT + _WIDTH + 40}" height="{height}"'
    inner = "\n".join([*_legend(tools), *_grid(height - 40), *_rows(outcomes, tools)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{inner}\n</svg>\n'
    )


def _x(seconds: float) -> float:
    low, high = math.log10(_LEAST_S), math.log10(_MOST_S)
    share = (math.log10(min(max(seconds, _LEAST_S), _MOST_S)) - low) / (high - low)
    return _LEFT + _WIDTH * share


def _legend(tools: Sequence[str]) -> Iterator[str]:
    yield f'<text x="{_LEFT}" y="18">seconds from t0 to the verdict, median; hollow: guessed before t0</text>'
    for number, tool in enumerate(tools):
        x = _LEFT + number * 90
        yield f'<circle cx="{x}" cy="36" r="5" fill="{_COLOURS[number]}"/>'
        yield f'<text x="{x + 9}" y="40">{escape(tool)}</text>'


def _grid(bottom: int) -> Iterator[str]:
    for seconds in (0.01, 0.1, 1, 10, 100):
        x = _x(seconds)
        yield f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{_TOP - 10}" y2="{bottom}" stroke="#ddd"/>'
        yield f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{seconds:g}</text>'


def _rows(outcomes: Sequence[Outcome], tools: Sequence[str]) -> Iterator[str]:
    for row, scenario in enumerate(DOOMED):
        y = _TOP + _ROW * row + 8
        yield f'<text x="{_LEFT - 12}" y="{y + 4}" text-anchor="end">{escape(scenario.name)}</text>'
        for number, tool in enumerate(tools):
            found = of(outcomes, tool, scenario.name)
            early = any(outcome.early for outcome in found)
            times = [outcome.verdict_s for outcome in found if outcome.verdict_s is not None]
            if early or times:
                x = _x(_LEAST_S if early else statistics.median(times))
                fill = f'fill="{"none" if early else _COLOURS[number]}" stroke="{_COLOURS[number]}"'
                yield f'<circle cx="{x:.1f}" cy="{y}" r="5" {fill} fill-opacity="0.8"/>'
