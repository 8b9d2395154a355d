"""For a pull request's comment or a job summary: GitHub's Markdown, below the length that GitHub takes.

Nothing of the change itself may become markup, a link or a mention: strangers' text stands in code spans and fences
alone, where GitHub looks for none of these, or has its signs taken apart.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from infra.preview.report import Op
from infra.preview.reports.words import cut, effect, safe, standing, subject, totals, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.preview.report import Change, Field, Found, Place, Report

LONGEST: Final = 60_000
"""Characters; GitHub takes 65,536 in a comment."""
_END: Final = 200
_MOST_ROWS: Final = 60
_MOST_FINDINGS: Final = 50
_MOST_FIELDS: Final = 30
_OPEN_FIELDS: Final = 12
_JOINER: Final = "\N{WORD JOINER}"
_SIGNS: Final = re.compile(r"([\\`*_\[\]|#~$!])")
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
    head = "\n".join(_head(report))
    details = list(_details(report))
    tail = "\n".join(_exempt(report))
    kept, left = [], LONGEST - _END - len(head) - len(tail)
    for block in details:
        if len(block) + 1 > left:
            break
        kept.append(block)
        left -= len(block) + 1
    more = [f"\n{len(details) - len(kept)} more objects have no room here; `rez preview` shows all."]
    return "\n".join([head, *kept, *(more if len(kept) < len(details) else []), tail]).rstrip()


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
    for note in report.notes[:_MOST_FINDINGS]:
        yield from ("", f"> {prose(note)}")
    for text in report.failures:
        yield from ("", "#### The program fails", "", _fenced(text.splitlines()[-_MOST_FIELDS:], ""))
    if report.refused:
        yield from ("", "#### Settings that cannot work", "")
        yield from _list(report.refused)
    if blocking or warning:
        yield from ("", "#### Findings", "")
        yield from _list((*blocking, *warning))
    if report.changes:
        yield from ("", "#### Changes", "", "| | object | what it costs |", "|---|---|---|")
        yield from map(_row, report.changes[:_MOST_ROWS])
        if len(report.changes) > _MOST_ROWS:
            yield f"| | … {len(report.changes) - _MOST_ROWS} more objects | |"


def _list(findings: Iterable[Found]) -> Iterator[str]:
    listed = list(findings)
    for found in listed[:_MOST_FINDINGS]:
        title = f"**{prose(found.rule)}** ({found.severity})" if found.rule else "**refused**"
        places = " · ".join(map(_place, found.places))
        message = found.message
        for place in found.places if not found.rule else ():  # which is named already
            message = message.removeprefix(f"{place.setting}: ")
        yield f"- {'⛔' if found.blocks else '⚠️'} {title}{f' — {places}' if places else ''}<br>"
        remedy = f"<br>→ {prose(found.remedy)}" if found.remedy else ""
        yield f"  {code(message)}{remedy}"
    if len(listed) > _MOST_FINDINGS:
        yield f"- … {len(listed) - _MOST_FINDINGS} more"


def _place(place: Place) -> str:
    absent = "" if place.line else " (not set there)"
    return f"{code(str(place))}{f' {code(place.setting)}{absent}' if place.setting else ''}"


def _row(change: Change) -> str:
    name = code(str(change)).replace("|", "¦")  # no way to write the sign is safe in every cell
    return f"| {_DONE[change.op]} | {name} | {prose(effect(change)).replace('|', '¦')} |"


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
    body = [safe(line) if not language else line for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest_run, body), default=0))
    return "\n".join([f"{fence}{language}", *body, fence])


def _exempt(report: Report) -> Iterator[str]:
    exempt = standing(report)[2]
    if exempt:
        yield f"\n<details><summary>{len(exempt)} exempt</summary>\n"
        for found in exempt[:_MOST_FINDINGS]:
            yield f"- **{prose(found.rule)}** {code(found.exemption)}<br>{code(found.message)}"
        yield "\n</details>"
