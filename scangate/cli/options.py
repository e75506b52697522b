"""Options that may also come from the environment, and how their values are read.

An option that could weaken or redirect the gate is never read from the environment, so that a
build step cannot set it behind the pipeline's back: only what is declared with `env=True` is.
"""

import argparse
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from scangate.cli import console
from scangate.errors import UsageError
from scangate.instant import Instant, parse_duration

PREFIX = "SCANGATE_"
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Parser(argparse.ArgumentParser):
    """An argument parser that raises UsageError, and fills gaps from the environment."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(
            allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings
        )
        self._from_environment: list[argparse.Action] = []
        self.by_environment: set[str] = set()

    def option(self, *names: str, env: bool = False, **settings: Any) -> None:  # noqa: ANN401
        """Declare an option; with `env` it may come from `SCANGATE_<NAME>` too."""
        action = self.add_argument(*names, default=None, **settings)
        if env:
            self._from_environment.append(action)
            action.help = f"{action.help} [env: {variable_of(action)}]"

    def read(self, argv: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
        """Parse the command line, then the environment for what was not given there.

        `by_environment` then names what came from there.
        """
        values = self._parse(argv)
        self.by_environment.clear()
        for action in self._from_environment:
            text = environment.get(variable_of(action), "")
            if text and getattr(values, action.dest) is None:
                setattr(values, action.dest, self._read_variable(action, text))
                self.by_environment.add(action.dest)
        return values

    def _parse(self, argv: Sequence[str]) -> argparse.Namespace:
        # argparse forgets a leading `--`, and would read options among what follows it
        end = argv.index("--") if "--" in argv else len(argv)
        try:
            values, unknown = self.parse_known_intermixed_args(list(argv[:end]))
        except SystemExit:  # the help was shown, and that is 0 only for who asked for nothing else
            if len(argv) > 1:
                self.error("the help was shown, and nothing else was done")
            raise
        if unknown:
            self._refuse_unknown(unknown)
        self._refuse_empty(values)
        if argv[end + 1 :]:
            (images,) = self._get_positional_actions() or self.error("-- is for images")
            getattr(values, images.dest).extend(argv[end + 1 :])
        return values

    def _refuse_unknown(self, unknown: Sequence[str]) -> NoReturn:
        import difflib  # few runs have a mistake

        # Without the dashes, by which any two options are a little alike
        word = unknown[0].partition("=")[0].strip("-")[:60]
        known = [action.option_strings[-1][2:] for action in self._actions if action.option_strings]
        near = difflib.get_close_matches(word, known, n=1)
        meant = f"; did you mean '--{near[0]}'?" if near else ""
        self.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")

    def _refuse_empty(self, values: argparse.Namespace) -> None:
        """`--policy-sha256 "$DIGEST"` without a DIGEST must not switch the check off.

        The value of `--policy=--` is an empty list to argparse, which takes the dashes for its own.
        """
        for action in self._actions:
            given = getattr(values, action.dest, None)
            each = given if isinstance(given, list) and given else [given]
            if action.option_strings and ("" in each or [] in each):
                self.error(f"{action.option_strings[-1]}: the value is empty")

    def print_help(self, file: object = None) -> None:  # noqa: ARG002 - the base class's
        """Show the help on stdout."""
        console.show(self.format_help())

    @property
    def variables(self) -> dict[str, str]:
        """The variables that are read, and the option that each stands for."""
        return {variable_of(a): a.option_strings[-1] for a in self._from_environment}

    def _read_variable(self, action: argparse.Action, text: str) -> object:
        name = variable_of(action)
        try:
            if action.nargs == 0:
                return flag(text)
            if isinstance(action, argparse._AppendAction):  # noqa: SLF001 - it has no public name
                return [
                    self._value(action, line.strip()) for line in text.splitlines() if line.strip()
                ]
            return self._value(action, text.strip())
        except (ValueError, argparse.ArgumentTypeError) as error:
            raise UsageError(f"{name}: {error}") from error

    def _value(self, action: argparse.Action, text: str) -> object:
        convert = action.type
        value = convert(text) if callable(convert) else text
        if action.choices is not None and value not in action.choices:
            raise ValueError(f"{text!r} is none of {', '.join(map(str, action.choices))}")
        return value

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and leaving."""
        raise UsageError(message, hint=f"{self.prog} --help")


def variable_of(action: argparse.Action) -> str:
    """Return the name of the variable that stands for an option."""
    return PREFIX + action.dest.upper()


def flag(text: str) -> bool:
    """Read a boolean of the environment; a typo must not choose. Raises ValueError."""
    try:
        return _WORDS[text.strip().lower()]
    except KeyError as error:
        raise ValueError(f"{text!r} is neither true nor false") from error


def _typed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """argparse shows the message of this one exception type only."""

    def convert(text: str) -> Any:  # noqa: ANN401 - whatever `read` gives
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


duration: Callable[[str], dt.timedelta] = _typed(parse_duration)
moment: Callable[[str], Instant] = _typed(Instant.parse_date)
