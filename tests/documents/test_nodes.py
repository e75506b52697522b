"""YAML text to plain values: what is read, what is refused, and where it says it is."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.documents.nodes import MAX_BYTES, DocumentError, Tree, load, write_path
from scangate.model import Place


def read(text: str | bytes) -> Tree:
    return load(text.encode() if isinstance(text, str) else text, file="f")


def refused(text: str | bytes) -> str:
    with pytest.raises(DocumentError) as error:
        read(text)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("12", 12),
        ("-5", -5),
        ("+5", 5),
        ("999999999999999", 999_999_999_999_999),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("no", "no"),
        ("on", "on"),
        ("2026-01-01", "2026-01-01"),
        ("0x10", "0x10"),
        ("0o7", "0o7"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        (".inf", ".inf"),
        ("<<", "<<"),
        ("=", "="),
        ("'0'", "0"),
        ('"true"', "true"),
        ("|\n  0", "0"),
        (">-\n  null", "null"),
        ("٣", "٣"),
        ("[1, [2, {a: 3}]]", [1, [2, {"a": 3}]]),
        ("{1: a, true: b}", {"1": "a", "true": "b"}),
        ("[&a 1, *a]", [1, 1]),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    ],
)
def test_a_value_is_read_as_yaml_1_2_reads_it(text: str, value: object) -> None:
    tree = read(text)
    assert tree.plain == value
    assert type(tree.plain) is type(value)
    assert tree.problems == ()


@pytest.mark.parametrize("text", ["00", "-01", "0010"])
def test_a_leading_zero_is_a_mistake(text: str) -> None:
    (problem,) = read(text).problems
    assert "leading zero" in problem.what


@pytest.mark.parametrize("digits", [16, 20, 100])
def test_a_huge_number_is_a_mistake(digits: int) -> None:
    (problem,) = read("9" * digits).problems
    assert problem.what == "the number is too large"


def test_a_number_of_thousands_of_digits_is_no_number() -> None:
    assert read("9" * 10_000).plain == "9" * 10_000


def test_places_are_counted_from_1_and_an_entry_is_where_its_key_is() -> None:
    places = read("a:\n  b: [1,\n    2]\n").places
    assert places == {
        (): Place(file="f"),
        ("a",): Place(file="f", line=1, column=1),
        ("a", "b"): Place(file="f", line=2, column=3),
        ("a", "b", 0): Place(file="f", line=2, column=7),
        ("a", "b", 1): Place(file="f", line=3, column=5),
    }


def test_columns_are_counted_in_characters() -> None:
    assert read("{ü: 1, b: 2}").places["b",].column == 8


def test_the_first_of_two_equal_keys_is_kept_and_the_second_is_a_mistake() -> None:
    tree = read("a: 1\nb: 2\n'a': 3\n")
    assert tree.plain == {"a": 1, "b": 2}
    (problem,) = tree.problems
    assert str(problem) == "f:3:1: a: the key 'a' is already given in line 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f:1:1: (document): the file is empty"),
        ("# nothing", "f:1:1: (document): the file is empty"),
        (b"a: \xe9", "f:1:1: (document): the text is not UTF-8"),
        (b"a: b\n\nc: \xff", "f:3:1: (document): the text is not UTF-8"),
        ("a: 1".encode("utf-16"), "f:1:1: (document): the text is not UTF-8"),
        ("\ufeffa: 1", "f:1:1: (document): a byte order mark; save the file as UTF-8 without it"),
        ("a: 1\0", "f:1:5: (document): the character U+0000, which cannot be seen"),
        ("a: 1\n\x1b[2K", "f:2:1: (document): the character U+001B, which cannot be seen"),
        ("a: 1 \ufeff", "f:1:6: (document): the character U+FEFF, which cannot be seen"),
        ("a: 1\n---\na: 2", "f:2:1: (document): not YAML: but found another document"),
        ("a: *b", "f:1:4: (document): not YAML: found undefined alias"),
        ("a: !b!c 1", "f:1:4: (document): not YAML: found undefined tag handle"),
        ("a: [", "f:2:1: (document): not YAML: did not find expected node content"),
        ('"\\ud800"', "f:1:4: (document): not YAML: found invalid Unicode character escape code"),
    ],
)
def test_what_is_not_one_document_is_refused(text: str | bytes, message: str) -> None:
    assert refused(text) == message


@pytest.mark.parametrize("end", ["\u0085", "\u2028", "\u2029", "\r"])
def test_a_comment_does_not_end_where_no_editor_shows_it(end: str) -> None:
    assert "cannot be seen" in refused(f"mode: enforce  # or, to try:{end}mode: warn\n")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
@pytest.mark.parametrize("times", [41, 1000, 200_000])
def test_deep_nesting_is_refused(opening: str, times: int) -> None:
    assert "nested more than 40 levels deep" in refused((opening * times)[:MAX_BYTES])


def test_deep_nesting_by_indentation_is_refused() -> None:
    assert "nested more than 40" in refused("".join(" " * n + "a:\n" for n in range(1000)))


def test_nesting_as_deep_as_allowed() -> None:
    assert read("[" * 40 + "]" * 40).plain


LAUGHS = "- &a0 [x]\n" + "".join(f"- &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(9))


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]",
        "&a {b: *a}",
        "a: &a\n  b: &b [*a, *b]",
        LAUGHS,
    ],
    ids=["a list in itself", "a mapping in itself", "two in themselves", "a billion laughs"],
)
def test_anchors_that_explode_are_refused(text: str) -> None:
    assert "its anchors expand to too many values" in refused(text)


def test_a_key_that_is_its_own_mapping_is_a_mistake() -> None:
    assert [problem.what for problem in read("&a {*a : 1}").problems] == ["a key must be a word"]


def test_the_largest_file() -> None:
    text = "a: 1 #"
    assert read(text + "x" * (MAX_BYTES - len(text))).plain == {"a": 1}
    assert "larger than 1048576 bytes" in refused(text + "x" * (MAX_BYTES - len(text) + 1))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "(document)"),
        (("rules", 0, "match"), "rules[0].match"),
        (("a\nb",), "'a\\nb'"),
        (("a", "\x1b[31m"), "a.'\\x1b[31m'"),
        (("k" * 61,), repr("k" * 60)),
    ],
)
def test_a_path_is_written_on_one_plain_line(path: tuple[str | int, ...], text: str) -> None:
    assert write_path(path) == text


SCRAPS = st.sampled_from(
    [
        *"[]{}:,-?&*!|>'\"%@`#\n\t\r ab01.~\0\ufeff\u2028",
        "\n  ",
        ": ",
        "- ",
        "<<",
        "---\n",
        "*a",
        "&a ",
    ]
)


@given(st.lists(SCRAPS, max_size=40).map("".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(DocumentError):
        assert () in read(text.encode("utf-8", "surrogatepass")).places


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(DocumentError):
        assert () in read(data).places
