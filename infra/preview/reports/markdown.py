"""For a pull request's comment or a job summary: GitHub's Markdown, below the length that GitHub takes.

Nothing of the change itself may become markup, a link or a mention: strangers' text stands in code spans and fences
alone, where GitHub looks for none of these, or has its signs taken apart.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from infra.preview.report import Op
from infra.preview.reports.words import cut, effect, lines, safe, standing, subject, totals, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.preview.report import Change, Field, Found, Place, Report

LONGEST: Final = 60_000
"""Characters; GitHub takes 65,536 in a comment."""
_ROOM: Final = {
    "notes": 4_000,
    "failures": 6_000,
    "refused": 10_000,
    "findings": 14_000,
    "changes": 10_000,
    "exempt": 6_000,
}
"""Characters for each part; what is left is for the fields."""
_END: Final = 200
"""Characters of each part's room that are kept for the count of what has none."""
_MOST_FIELDS: Final = 30
_OPEN_FIELDS: Final = 12
_JOINER: Final = "\N{WORD JOINER}"
_SIGNS: Final = re.compile(r"([\\`*_\[\]|#~$!])")
_MORE: Final = "- … {} more"
_LINKING: Final = re.compile(r"(?<=[@#:])(?=\S)|(?<=www)(?=\.)", re.IGNORECASE)
_MARKS: Final = {"passed": "✅", "blocked": "⛔", "settings refused": "⛔", "failed": "⛔"}
_DONE: Final = {
    Op.DELETE: "🔴&nbsp;delete",
    Op.REPLACE: "🔴&nbsp;replace",
    Op.FORGET: "🟠&nbsp;forget",
    Op.CHANGE: "🟡&nbsp;change",
    Op.RENEW: "🟡&nbsp;renew",
    Op.CREATE: "🟢&nbsp;create",
}


def render(report: Report) -> str:
    """Show a report: the verdict, what is in the way, what would be done, and behind a click each field."""
    head, tail = ("\n".join(part) for part in (_head(report), _exempt(report)))
    room = LONGEST - len(head) - len(tail)
    details = _fitting(_details(report), room, "\n{} more objects; `rez preview` shows all")
    return "\n".join([head, *details, tail]).rstrip()


def _fitting(items: Iterable[str], room: int, more: str) -> Iterator[str]:
    """The first items that have room, and how many have none."""
    every = list(items)
    left = room - _END
    for number, item in enumerate(every):
        left -= len(item) + 1
        if left < 0:
            yield more.format(len(every) - number)
            return
        yield item


def code(text: str) -> str:
    """A code span: the one place where GitHub takes every sign for itself."""
    plain = safe(text)
    fence = "`" * (_longest_run(plain) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}" if plain else ""


def prose(text: str) -> str:
    """A sentence in which no sign formats, and nothing links or calls anybody."""
    plain = html.escape(safe(text), quote=False)
    return _LINKING.sub(_JOINER, _SIGNS.sub(r"\\\1", plain))


def worded(text: str) -> str:
    """A sentence whose commands stand between backticks; one without a pair is a sign like any other."""
    parts = safe(text).split("`")
    if len(parts) % 2 == 0:
        return prose(text)
    return "".join(code(part) if place % 2 else _between(part) for place, part in enumerate(parts))


def _between(part: str) -> str:
    """A part of a sentence with the spaces around it."""
    before, after = (" " if end == " " else "" for end in (part[:1], part[-1:]))
    return f"{before}{prose(part)}{after}" if part.strip() else part


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _head(report: Report) -> Iterator[str]:
    said = verdict(report)
    yield f"### {_MARKS[said]} Preview of {code(report.subject.stack)}: {said}"
    yield ""
    blocking, warning, exempt = standing(report)
    counts = (
        (len(report.refused), "setting cannot work", "settings cannot work"),
        (len(blocking), "finding blocks", "findings block"),
        (len(warning), "warning", "warnings"),
        (len(exempt), "exempt", "exempt"),
    )
    found = [f"**{count} {one if count == 1 else many}**" for count, one, many in counts if count]
    yield " · ".join([*found, totals(report)])
    yield ""
    yield f"<sub>{prose(subject(report))}</sub>"
    yield from _fitting((f"\n> {prose(note)}" for note in report.notes), _ROOM["notes"], "\n> … {} more")
    if report.failures:
        told = [line for text in report.failures for line in lines(text)]
        last = list(_fitting(told[::-1], _ROOM["failures"], "… {} lines before"))[::-1]
        yield from ("", "#### The program fails", "", _fenced(last, ""))
    if report.refused:
        yield from ("", "#### Settings that cannot work", "")
        yield from _fitting(map(_item, report.refused), _ROOM["refused"], _MORE)
    if blocking or warning:
        yield from ("", "#### Findings", "")
        yield from _fitting(map(_item, (*blocking, *warning)), _ROOM["findings"], _MORE)
    if report.changes:
        yield from ("", "#### Changes", "", "| | object | what it costs |", "|---|---|---|")
        yield from _fitting(map(_row, report.changes), _ROOM["changes"], "| | … {} more objects | |")


def _item(found: Found) -> str:
    title = f"**{prose(found.rule)}** ({found.severity})" if found.rule else "**refused**"
    places = " · ".join(map(_place, found.places))
    message = found.message
    for place in found.places if not found.rule else ():  # which is named already
        message = message.removeprefix(f"{place.setting}: ")
    remedy = f"<br>→ {worded(found.remedy)}" if found.remedy else ""
    mark = "⛔" if found.blocks else "⚠️"
    return f"- {mark} {title}{f' — {places}' if places else ''}<br>\n  {code(message)}{remedy}"


def _place(place: Place) -> str:
    absent = "" if place.line else " (not set there)"
    return f"{code(str(place))}{f' {code(place.setting)}{absent}' if place.setting else ''}"


def _row(change: Change) -> str:
    name, said = (
        text.replace("|", "¦") for text in (str(change), effect(change))
    )  # no cell takes each way of writing it
    return f"| {_DONE[change.op]} | {code(name)} | {prose(said)} |"


def _details(report: Report) -> Iterator[str]:
    """One block for each object with fields to show, those that only come last."""
    changes = [each for each in report.changes if each.fields]
    room = _OPEN_FIELDS
    for change in changes:
        opened = change.op is not Op.CREATE and len(change.fields) <= room
        room -= len(change.fields) if opened else 0
        shown, left = cut(change.fields, _MOST_FIELDS)
        lines = [line for each in shown for line in _field(each)]
        lines += [f"… {left} more fields"] if left else []
        count = f"{len(change.fields)} field{'' if len(change.fields) == 1 else 's'}"
        title = f"{change.op.value} <code>{html.escape(safe(str(change)))}</code>: {count}"
        inner = _fenced(lines, "diff")
        yield f"\n<details{' open' if opened else ''}><summary>{title}</summary>\n\n{inner}\n\n</details>"


def _field(field: Field) -> Iterator[str]:
    reason = "   (forces the replacement)" if field.replaces else ""
    if field.old is not None:
        yield f"- {safe(f'{field.path}: {field.old}')}{reason if field.new is None else ''}"
    if field.new is not None:
        yield f"+ {safe(f'{field.path}: {field.new}')}{reason}"


def _fenced(lines: Iterable[str], language: str) -> str:
    body = list(lines)
    fence = "`" * max(3, 1 + max(map(_longest_run, body), default=0))
    return "\n".join([f"{fence}{language}", *body, fence])


def _exempt(report: Report) -> Iterator[str]:
    exempt = standing(report)[2]
    if exempt:
        yield f"\n<details><summary>{len(exempt)} exempt</summary>\n"
        items = (f"- **{prose(each.rule)}** {code(each.exemption)}<br>{code(each.message)}" for each in exempt)
        yield from _fitting(items, _ROOM["exempt"], _MORE)
        yield "\n</details>"
