"""The sounds the synthetic voice can make, and how the mouth stands in each of them.

Formant frequencies are rounded from the averages in G. E. Peterson and H. L. Barney, "Control methods used in
a study of the vowels", JASA 24(2), 1952; consonant loci and frication bands follow D. H. Klatt, "Software for
a cascade/parallel formant synthesizer", JASA 67(3), 1980, table III.
"""

from dataclasses import dataclass

Formants = tuple[float, float, float]

CLOSED_PHONES = frozenset({"P", "B", "M"})
"""Phones in which the lips are pressed together."""


@dataclass(frozen=True)
class Phone:
    """One sound of speech: what it does to the air and what the mouth looks like."""

    seconds: float
    """Duration at an ordinary tempo."""
    formants: Formants
    """Resonances at the end of the phone, Hz, for an adult male vocal tract."""
    voice: float = 1.0
    """Strength of the vocal folds' tone, 0 to 1."""
    breath: float = 0.0
    """Strength of the noise made at the vocal folds, 0 to 1."""
    hiss: float = 0.0
    """Strength of the noise made in the mouth, 0 to 1."""
    hiss_band: tuple[float, float] = (4000.0, 2000.0)
    """Centre and width of that noise, Hz."""
    is_stop: bool = False
    """The air is held for most of the phone, then let go in a burst."""
    is_nasal: bool = False
    gap: float = 4.0
    """Opening between the inner lips, millimetres."""
    width: float = 50.0
    """Distance of the outer mouth corners, millimetres."""
    onset: Formants | None = None
    """Resonances at the start, where they differ from the end (diphthongs)."""


def _stop(
    formants: Formants, voiced: bool, band: tuple[float, float], gap: float, width: float = 50.0
) -> Phone:
    return Phone(
        seconds=0.075 if voiced else 0.095,
        formants=formants,
        voice=0.18 if voiced else 0.0,
        breath=0.05 if voiced else 0.5,
        hiss=0.5 if voiced else 0.7,
        hiss_band=band,
        is_stop=True,
        gap=gap,
        width=width,
    )


def _fricative(
    formants: Formants, voiced: bool, hiss: float, band: tuple[float, float], gap: float, width: float = 51.0
) -> Phone:
    seconds = 0.07 if voiced else 0.105
    return Phone(seconds, formants, 0.35 if voiced else 0.0, 0.0, hiss, band, gap=gap, width=width)


PHONES: dict[str, Phone] = {
    ".": Phone(0.28, (500, 1500, 2500), voice=0, gap=0.0, width=50),
    ",": Phone(0.14, (500, 1500, 2500), voice=0, gap=0.4, width=50),
    "IY": Phone(0.11, (270, 2290, 3010), gap=4.0, width=56),
    "IH": Phone(0.08, (390, 1990, 2550), gap=5.0, width=53),
    "EH": Phone(0.10, (530, 1840, 2480), gap=7.5, width=53),
    "AE": Phone(0.14, (660, 1720, 2410), gap=10.0, width=54),
    "AH": Phone(0.08, (620, 1190, 2390), gap=7.0, width=50),
    "AX": Phone(0.06, (500, 1400, 2400), gap=4.5, width=50),
    "AA": Phone(0.14, (730, 1090, 2440), gap=12.0, width=49),
    "AO": Phone(0.13, (570, 840, 2410), gap=9.0, width=44),
    "UH": Phone(0.08, (440, 1020, 2240), gap=4.5, width=44),
    "UW": Phone(0.12, (300, 870, 2240), gap=3.0, width=39),
    "ER": Phone(0.12, (490, 1350, 1690), gap=4.5, width=46),
    "EY": Phone(0.14, (330, 2200, 2800), gap=6.0, width=54, onset=(500, 1850, 2500)),
    "AY": Phone(0.18, (350, 2100, 2700), gap=10.0, width=52, onset=(730, 1150, 2440)),
    "OW": Phone(0.15, (350, 850, 2300), gap=6.0, width=42, onset=(540, 1000, 2400)),
    "AW": Phone(0.18, (380, 850, 2300), gap=9.5, width=46, onset=(720, 1250, 2440)),
    "W": Phone(0.07, (290, 610, 2150), voice=0.7, gap=2.2, width=38),
    "Y": Phone(0.06, (260, 2200, 3020), voice=0.7, gap=3.2, width=54),
    "R": Phone(0.07, (310, 1060, 1380), voice=0.7, gap=3.2, width=44),
    "L": Phone(0.07, (330, 1050, 2700), voice=0.7, gap=4.5, width=50),
    "M": Phone(0.08, (270, 1000, 2200), voice=0.55, is_nasal=True, gap=0.0, width=50),
    "N": Phone(0.07, (270, 1500, 2500), voice=0.55, is_nasal=True, gap=3.2, width=51),
    "NG": Phone(0.08, (270, 2000, 2700), voice=0.5, is_nasal=True, gap=4.0, width=51),
    "P": _stop((400, 1000, 2200), False, (900, 1400), 0.0),
    "B": _stop((300, 1000, 2200), True, (800, 1200), 0.0),
    "T": _stop((400, 1700, 2600), False, (4200, 2600), 3.2, 51),
    "D": _stop((300, 1700, 2600), True, (4000, 2600), 3.2, 51),
    "K": _stop((350, 1850, 2400), False, (2000, 900), 4.2),
    "G": _stop((300, 1850, 2400), True, (1900, 900), 4.2),
    "F": _fricative((400, 1150, 2150), False, 0.20, (5500, 5000), 1.6, 49),
    "V": _fricative((300, 1150, 2150), True, 0.12, (5500, 5000), 1.6, 49),
    "TH": _fricative((400, 1400, 2500), False, 0.16, (6000, 4000), 3.6),
    "DH": _fricative((300, 1400, 2500), True, 0.10, (6000, 4000), 3.6),
    "S": _fricative((400, 1650, 2600), False, 0.62, (6200, 2200), 2.6, 53),
    "Z": _fricative((300, 1650, 2600), True, 0.40, (6200, 2200), 2.6, 53),
    "SH": _fricative((400, 1800, 2400), False, 0.62, (3300, 1600), 3.4, 43),
    "HH": Phone(0.06, (500, 1500, 2500), voice=0.0, breath=0.8, gap=5.5, width=50),
}
"""All phones, by their ARPAbet name; "." and "," are a long and a short pause. "CH" is T SH, "JH" is D SH."""


@dataclass(frozen=True)
class TimedPhone:
    """A phone at its place in a line."""

    name: str
    start: float
    """Seconds."""
    stop: float
    """Seconds; half-open."""


def time_phones(line: str, tempo: float = 1.0) -> list[TimedPhone]:
    """Lays the phones of a line one after the other.

    Args:
        line: ARPAbet names with blanks between them; "." and "," are pauses; a trailing digit 1 stresses a
            vowel and makes it longer.
        tempo: 2 speaks twice as fast.
    """
    timed, now = [], 0.0
    for word in line.split():
        name, is_stressed = word.rstrip("1"), word.endswith("1")
        length = PHONES[name].seconds * (1.35 if is_stressed else 1.0) / tempo
        timed.append(TimedPhone(name, now, now + length))
        now += length
    return timed


LINES: dict[str, str] = {
    # Hello! My name is Pip. I am made of numbers, but people believe my lips.
    "hello": (
        ". HH AX L OW1 . M AY N EY1 M IH Z P IH1 P . AY AE M M EY1 D AH V N AH1 M B ER Z , "
        "B AH T P IY1 P AX L B IH L IY1 V M AY L IH1 P S . ."
    ),
    # Maybe tomorrow we move the big purple piano up to my room.
    "piano": (
        ". M EY1 B IY T AX M AA1 R OW , W IY M UW1 V DH AX B IH1 G P ER1 P AX L P IY AE1 N OW , "
        "AH1 P T UW M AY R UW1 M ."
    ),
    # Bob the baker makes warm bread, for five famous farmers. Show me!
    "baker": (
        ". . B AA1 B DH AX B EY1 K ER , M EY1 K S W AO1 R M B R EH1 D , F AO R F AY1 V F EY1 M AX S "
        "F AA1 R M ER Z . . SH OW1 M IY1 . ."
    ),
}
"""A few sentences, rich in sounds that close the lips."""
