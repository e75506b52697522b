"""What the page brings with it: one style, one script, and the rule that nothing else may run."""

import base64
import functools
import hashlib
from importlib import resources

from scangate.reports.html.markup import NEWLINE, Markup, embedded, joined, tag


@functools.cache
def head(*, more_style: str = "", scripted: bool = True) -> Markup:
    """Return what stands first in the head: the policy holds for all that follows it.

    `more_style` is added to the style; a page that is not `scripted` may run nothing at all.
    """
    style = _read("style.css") + more_style
    script = _digest(_read("filter.js")) if scripted else "none"
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{script}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return joined(
        (
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=policy),
            tag("meta", name="referrer", content="no-referrer"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            embedded("style", style),
        ),
        by=NEWLINE,
    )


@functools.cache
def script() -> Markup:
    """Return what stands last in the body."""
    return embedded("script", _read("filter.js"))


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(content: str) -> str:
    """Name a text as CSP does (Content Security Policy Level 3, 2.3.1: `hash-source`)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
