"""Why others say something else: every difference that `compare.py` accepts, and what it has to look like.

An explanation is for a program, some models of a kind (patterns), some figures, and one way to differ. The first that fits counts.
One that no difference needs is an error, too: it would hide the next one.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase


def number(value):
    return isinstance(value, (int, float))


def both(ours, theirs):
    return ours is not None and theirs is not None


# The ways to differ: of what we say and what they say.
WAYS = {
    # They could not read the device at all.
    "unread": lambda ours, theirs: ours == "read" and theirs != "read",
    # We could not.
    "only theirs": lambda ours, theirs: ours != "read" and theirs == "read",
    "neither": lambda ours, theirs: ours != "read" and theirs != "read",
    "untold": lambda ours, theirs: ours is not None and theirs is None,
    "told by them alone": lambda ours, theirs: ours is None and theirs not in (None, 0),
    "zero for nothing": lambda ours, theirs: ours is None and theirs == 0,
    "some of the list": lambda ours, theirs: isinstance(theirs, list) and 0 < len(theirs) < len(ours),
    "another list": lambda ours, theirs: isinstance(theirs, list) and isinstance(ours, list) and len(theirs) >= len(ours),
    "within a twentieth": lambda ours, theirs: number(theirs) and number(ours) and abs(ours - theirs) <= ours / 20,
    "lower": lambda ours, theirs: number(theirs) and number(ours) and 0 < theirs < ours,
    "higher": lambda ours, theirs: number(theirs) and number(ours) and theirs > ours > 0,
    "a thousand times ours": lambda ours, theirs: both(ours, theirs) and abs(theirs / ours / 1e3 - 1) < 1e-3,
    "a million times ours": lambda ours, theirs: both(ours, theirs) and abs(theirs / ours / 1e6 - 1) < 1e-3,
}


@dataclass(frozen=True)
class Explanation:
    program: str
    kind: str
    models: str
    figures: str
    way: str
    reason: str

    def covers(self, cell):
        return (
            (cell.program, cell.kind) == (self.program, self.kind)
            and any(fnmatchcase(cell.model, pattern) for pattern in self.models.split())
            and cell.figure in self.figures.split()
            and WAYS[self.way](cell.ours, cell.theirs)
        )


SWAPPED = "takes `tempN` for the chips and `temp2_N` for the board; it is the other way round"
MEAN = "the mean of four sensors; ours is the hottest"
MINUTE = "the mean of a minute; ours is the rate of the moment, as on the page of the device"
UNKNOWN = "does not know the model"
FIRST_ENTRY = "looks in the first entry of `stats`, which tells the program; the second one tells the figures"
FIXED_FANS = "looks at fixed places; which ones a machine uses depends on the model"
NO_PAGE = "finds the model on a web page that the twin does not have"
LOGIN = "logs in first; the figures need no login, and we send none"
SCRYPT = "`GHS` of a scrypt machine is MH/s, whatever the key says"
X11 = "`GHS` of an X11 machine of that age is MH/s, whatever the key says"
EQUIHASH = "`GHS` of an Equihash machine is kSol/s, whatever the key says"
BOARDS_ALONE = "the power of the boards without the supply; ours is that at the wall"
STACK = "a stack of machines behind one address is read as one machine"
BOARD_UPTIME = "since the control board started; ours is since the mining program did, as the counters are"
CORNERS = "takes corners of a board for chips; their labels say `Board Intake` and `Board Exhaust`"
OF_CHIPS = "a figure of the chips, `TAvg`, `MTavg` or `MTmax`; ours is a sensor of the board, if it has one"

BITMAIN_2020 = "s19 s19pro s19jpro s21 l7"
NOT_MODELLED = "a1066 a1047*"


def axeos(program):
    yield "ultra-v2.[01]*", "fans", "untold", "knows the third name of that figure, `fanrpm`, and not the first two"
    yield "supra-v2.4.5 max-*", "board", "zero for nothing", "`vrTemp` is 0 where there is no sensor"
    yield "*hex-v2.12.2 gammaturbo-*", "fans", "some of the list", "reads the first fan only"
    yield "bitforge-*", "chip", "lower", "reads `temp`; there are two chips, and ours is the hotter one"
    if program == "pyasic":
        yield "*", "accepted rejected", "untold", "reads no shares of AxeOS devices"
        yield "nerd*", "answer", "unread", UNKNOWN
        yield "nmaxe-v3*", "answer", "unread", "does not know the nested document"
        yield "nmaxe-v2.9.30", "fans board chip", "untold", "does not know the names of that release"
    else:
        yield "nerdqaxe++-v1.1.0 nerdoctaxe*", "fans", "some of the list", "reads the first fan only"
        yield "nerdqaxe++-v1.1.0", "board", "lower", "reads `vrTemp`; there is `vrTempInt`, too, and ours is the hotter one"
        yield "nmaxe-v3* nmaxe-v2.9.30", "answer", "unread", "asks for `ASICModel`, which has another name there"


def antminer(program):
    if program == "pyasic":
        yield "s9 t15", "fans board chip", "untold", UNKNOWN
        yield "e3 z11", "hashrate fans board chip", "untold", UNKNOWN
        yield "s9-msk s9-vnish s19-msk", "hashrate fans board chip watts", "untold", FIRST_ENTRY
        yield "s9-braiins-2018", "answer", "unread", UNKNOWN
        yield "s21pro-vnish", "answer", "unread", LOGIN
        yield "s19xp-vnish", "answer", "unread", NO_PAGE
        swapped = "s9-asicseer d3 s17* z15 s19jpro-hiveon"
        yield swapped, "board", "higher", SWAPPED
        yield swapped, "chip", "lower", SWAPPED
        yield "d3 s17*", "fans", "another list", FIXED_FANS
        yield "z15", "fans", "some of the list", FIXED_FANS
        yield "d3", "hashrate", "a thousand times ours", X11
        yield "l7", "hashrate", "higher", SCRYPT + "; and it knows three boards of four"
        yield BITMAIN_2020, "board chip", "lower", MEAN
        yield "*bos*", "hashrate", "within a twentieth", MINUTE
        yield "*bos*", "fans board", "untold", UNKNOWN
        yield "s19kpro-luxos", "board", "lower", MEAN
    else:
        yield "s9", "fans board chip uptime", "untold", "cannot read `stats` of that age: `}{` between two objects"
        yield "s17* t15", "chip", "untold", "reads no chips from this layout"
        yield "t15", "board", "untold", UNKNOWN
        yield "s17* z15", "board", "lower", MEAN
        yield "z15", "fans", "some of the list", FIXED_FANS
        yield "l7", "hashrate", "a thousand times ours", SCRYPT
        yield BITMAIN_2020, "board", "lower", MEAN
        yield BITMAIN_2020 + " z15", "chip", "untold", "reads no chips from this layout"
        yield "s21pro-vnish", "uptime", "lower", BOARD_UPTIME
        yield "s19kpro-luxos", "board", "lower", MEAN
        yield "*", "answer", "unread", NO_PAGE
    yield "z15", "hashrate", "a million times ours", EQUIHASH
    yield "s19kpro-luxos", "chip", "told by them alone", CORNERS


def canaan(program):
    yield NOT_MODELLED, "fans chip", "untold", UNKNOWN
    yield "*-stack", "fans chip", "untold", STACK
    yield "nano3 nano3s a1566 a1246", "board", "told by them alone", OF_CHIPS
    if program == "pyasic":
        yield "*", "hashrate", "within a twentieth", MINUTE
        yield "mini3 q", "board", "higher", OF_CHIPS
        yield "q", "fans", "some of the list", "knows two fans of four"
        yield "nano3 mini3 q a1246", "watts", "untold", "reads no power of these models"
    else:
        yield "nano3 nano3s", "chip", "untold", "reads no chips of these models"
        yield "nano3 nano3s", "watts", "higher", "reads a voltage: the places of `PS` differ by model"
        yield "mini3", "fans board chip", "untold", UNKNOWN
        yield "q", "board", "lower", "the inlet of the board, `HBITemp`; ours is its hottest sensor"
        yield "q", "chip", "lower", "the outlet of the board, `HBOTemp`; ours is the hottest chip, `TMax`"
        yield "mini3 q a1566 a1246", "watts", "lower", BOARDS_ALONE
        yield "a1066 a1047", "watts", "told by them alone", "the power of the boards without the supply, and no other is told"
        yield "a1047-2020", "watts", "zero for nothing", "a supply that tells nothing says 0"


def cgminer(program):
    yield "elphapex-*", "answer", "only theirs", "has web pages and no API; we read its API only"
    if program == "pyasic":
        yield "auradine-*", "board accepted rejected", "untold", UNKNOWN
        yield "bfgminer-*", "uptime", "untold", "takes it for a Goldshell"
        yield "hammer-*", "hashrate uptime accepted rejected", "untold", "asks at port 8359; the twin listens at 4028"
        yield "innosilicon-*", "answer", "unread", LOGIN
    yield "*", "answer", "unread", "does not know the make, or recognises it by something that the twin does not have"


EXPLAINED = [
    Explanation(program, kind.__name__, *words)
    for program in ("pyasic", "asic-rs")
    for kind in (axeos, antminer, canaan, cgminer)
    for words in kind(program)
]
