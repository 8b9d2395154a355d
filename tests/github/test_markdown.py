from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from infra.github.markdown import CUT, fenced, shortened, tamed


def test_what_fits_is_left_alone() -> None:
    assert shortened("a\nb", 3) == "a\nb"


def test_what_is_too_long_is_cut_after_a_line_and_says_so() -> None:
    text = "".join(f"line {number}\n" for number in range(1000))
    cut = shortened(text, 500)
    assert len(cut) <= 500
    assert cut.endswith(CUT)
    assert cut.removesuffix(CUT).splitlines()[-1].startswith("line ")


def test_a_cut_closes_the_code_and_the_fold_that_it_is_in() -> None:
    text = "<details><summary>More</summary>\n\n```text\n" + "word\n" * 500
    cut = shortened(text, 500)
    assert len(cut) <= 500
    assert cut.count("```") == 2
    assert cut.count("<details") == cut.count("</details>") == 1
    assert cut.endswith(CUT)


@pytest.mark.parametrize("text", ["plain", "```\nends the block?\n```", "`````", "a ```` b"])
def test_code_stays_code_whatever_is_in_it(text: str) -> None:
    (block,) = MarkdownIt().parse(fenced(text))
    assert (block.type, block.content) == ("fence", f"{text}\n")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ask @rezapp/devops now", "ask @\u200brezapp/devops now"),
        ("(@someone)", "(@\u200bsomeone)"),
        ("rezapp/merchant-backend@sha256:00", "rezapp/merchant-backend@sha256:00"),
        ("`@types/node`", "`@types/node`"),
        ("oncall@rezapp.com", "oncall@rezapp.com"),
        ("![x](https://evil.example/pixel.png)", "!\\[x](https://evil.example/pixel.png)"),
        ("<img src=https://evil.example/x>", "&lt;img src=https://evil.example/x>"),
        ("<IMG src=x>", "&lt;IMG src=x>"),
        ("a<!-- rez: preview -->b", "a&lt;!-- rez: preview -->b"),
        ("a\u202eb\x1b[31mc", "a b [31mc"),
        ("one\r\ntwo", "one\ntwo"),
        ("<details><summary>x</summary>y</details>", "<details><summary>x</summary>y</details>"),
        ("| a | b |\n|---|---|\n| `c` | **d** |", "| a | b |\n|---|---|\n| `c` | **d** |"),
    ],
)
def test_a_strangers_markdown_stays_inside_itself(text: str, seen: str) -> None:
    assert tamed(text) == seen
