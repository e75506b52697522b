"""Foreign text is harmless after cleaning, and harmless text is left alone."""

import re
import time

import pytest
from hypothesis import given

from scangate.reports.text import clean, clean_line, clean_lines, shorten, wrap

from .readers import CONTROL, RUNNER_COMMAND
from .samples import HOSTILE
from .strategies import texts, unhurried

XML_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("openssl 1:3.0.11-1~deb12u2+b1", id="version"),
        pytest.param("пакет 依存 παράδειγμα", id="other-scripts"),
        pytest.param("日本語 🚀 é e\u0301", id="emoji-and-combining"),
        pytest.param("a # b [x] c:d::e", id="single-marks"),
        pytest.param("one\ntwo", id="lines"),
    ],
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("a\x1b[31;1mred\x1b[0m", "ared", id="colour"),
        pytest.param("a\x1b[2J\x1b[Hb", "ab", id="clear-screen"),
        pytest.param("a\x9b31mb", "ab", id="eight-bit-sequence"),
        pytest.param("\x1b]8;;http://x\x1b\\name\x1b]8;;\x1b\\", "name", id="hyperlink"),
        pytest.param("\x1b]0;title\x07b", "b", id="title"),
        pytest.param("\x1b]0;never closed", "0;never closed", id="unclosed-title"),
        pytest.param("\x1b]0;x\nnext line\x07", "0;x\nnext line", id="title-over-lines"),
        pytest.param("\x1b\x1b[0m[31mx", "[31mx", id="nested-sequence"),
        pytest.param("a\x00\x08\x7f\x85b", "a\nb", id="controls"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="carriage-returns"),
        pytest.param("a\u2028b\u2029c\x0bd\x0ce", "a\nb\nc\nd\ne", id="unusual-breaks"),
        pytest.param("a\u202eb\u2066c\u200fd\u061ce", "abcde", id="bidi"),
        pytest.param("a\u200bb\ufeffc\u00add", "abcd", id="zero-width"),
        pytest.param("a\ud800b\udfffc", "abc", id="lone-surrogates"),
        pytest.param("a\ufffeb\uffffc\U0010ffffd", "abcd", id="noncharacters"),
        pytest.param("\U000e0041\U000e0042a", "a", id="tags"),
        pytest.param("##[error]x", "# #[error]x", id="github-old-command"),
        pytest.param("#\x00#vso[x]", "# #vso[x]", id="azure-command-around-a-control"),
        pytest.param("###", "# # #", id="three-hashes"),
        pytest.param("[[ATTACHMENT|/etc/passwd]]", "[ [ATTACHMENT|/etc/passwd]]", id="attachment"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("  a \n\t b\u00a0c ", "a b c", id="blanks"),
        pytest.param("::error::x", ": :error::x", id="command"),
        pytest.param(" \x1b[0m\u200b::error::x", ": :error::x", id="command-behind-the-unseen"),
        pytest.param("a ::error::x", "a ::error::x", id="not-at-the-start"),
        pytest.param("", "", id="empty"),
        pytest.param("\x00\u202e", "", id="nothing-to-see"),
    ],
)
def test_clean_line(text: str, line: str) -> None:
    assert clean_line(text) == line


def test_clean_lines_keeps_lines_that_say_something() -> None:
    assert clean_lines("a\n\n \n::b\r\nc") == ["a", ": :b", "c"]


@pytest.mark.parametrize(
    ("most", "shown"), [pytest.param(5, "abcde", id="fits"), pytest.param(4, "abc…", id="cut")]
)
def test_shorten(most: int, shown: str) -> None:
    assert shorten("abcde", most) == shown


@unhurried
@given(texts)
def test_nothing_harmful_survives(text: str) -> None:
    for line in (clean_line(text), *clean_lines(text), *wrap(text, 40)):
        assert not CONTROL.search(line)
        assert not XML_FORBIDDEN.search(line)
        assert not RUNNER_COMMAND.search(line)
        assert "\n" not in line
        assert "[[" not in line


@unhurried
@given(texts)
def test_wrapped_lines_fit_or_are_one_word(text: str) -> None:
    assert all(len(line) <= 40 or len(line.split()) == 1 for line in wrap(text, 40))


def test_a_command_at_a_wrapped_line_start_is_broken_up() -> None:
    # 19 and a blank leave no room, so that the mark begins the second line
    assert wrap("x" * 19 + " ::error::y", 20) == ["x" * 19, ": :error::y"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("\u202e" * 19_997 + "end", "end", id="all-is-read"),
        pytest.param("\u202e" * 19_998 + "end", "e…", id="not-all"),
    ],
)
def test_of_a_very_long_text_only_the_beginning_is_read_and_that_is_shown(
    text: str, line: str
) -> None:
    assert clean_line(text) == line


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\x1b]" * 500_000, id="unclosed-strings"),
        pytest.param("\x9d" * 1_000_000, id="eight-bit-strings"),
        pytest.param("\x1b[" + "0" * 1_000_000, id="endless-parameters"),
        pytest.param("#[" * 500_000, id="marks"),
        pytest.param("x" * 1_000_000, id="one-word"),
    ],
)
def test_a_megabyte_is_cleaned_in_linear_time(text: str) -> None:
    start = time.process_time()
    clean(text)
    clean_line(text)
    wrap(text, 80)
    assert time.process_time() - start < 2


def test_control_the_patterns_find_what_they_look_for() -> None:
    assert CONTROL.search(HOSTILE)
    assert XML_FORBIDDEN.search(HOSTILE)
    assert RUNNER_COMMAND.search(HOSTILE)
