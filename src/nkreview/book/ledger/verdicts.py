"""How verdicts look: a sign, a colour and words, for the picture, the tables and the style."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How one verdict is shown.

    Attributes
    ----------
    word : str
        The verdict as readers see it.
    sign : str
        A shape, so that colour never stands alone; screen readers skip it.
    css : str
        The class of whatever shows the verdict.
    fill : str or None
        A colour that carries black signs; None leaves the ground as it is and dashes the border.
        Okabe and Ito chose the colours for readers with colour blindness.
    meaning : str
        What the verdict means, in a sentence's part.
    """

    word: str
    sign: str
    css: str
    fill: str | None
    meaning: str = ""


def _verdict(word: str, sign: str, fill: str | None, meaning: str) -> tuple[str, Look]:
    return word, Look(word, sign, f"nk-{word}", fill, meaning)


# Verdicts on claims, in the order in which tables and the picture show them.
VERDICTS = dict(
    [
        _verdict("supported", "✓", "#009E73", "the evidence we found agrees"),
        _verdict(
            "partly",
            "◐",
            "#56B4E9",
            "true in part, or said more widely than the evidence reaches",
        ),
        _verdict(
            "disputed", "≠", "#E69F00", "good evidence points the other way, or studies disagree"
        ),
        _verdict(
            "wrong", "✗", "#D55E00", "the evidence, or the study cited for it, contradicts it"
        ),
        _verdict("outdated", "↺", "#CC79A7", "was true once"),
        _verdict("marketing", "¤", "#F0E442", "praise of what the writer sells, without evidence"),
        _verdict(
            "opinion",
            "“",
            "#BBBBBB",
            "a judgement or a figure of speech that no study could settle",
        ),
        _verdict(
            "unverified", "?", None, "we could not check it, or nothing we found speaks to it"
        ),
    ]
)


def _fit(name: str, word: str, like: str) -> tuple[str, Look]:
    return name, Look(word, VERDICTS[like].sign, f"nk-fit-{name}", VERDICTS[like].fill)


# How a reference fits what it is cited for, each in the looks of a verdict.
FITS = dict(
    [
        _fit("fits", "fits", like="supported"),
        _fit("partly", "fits partly", like="partly"),
        _fit("no", "does not fit", like="wrong"),
        _fit("not-read", "not read", like="unverified"),
    ]
)
