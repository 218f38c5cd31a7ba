"""The rates of the rules as one drawing: a point each, on the line of what it may be. The table says the same."""

from dataclasses import dataclass

from intake.scorecard.counting import RuleScore

WIDTH, LEFT, RIGHT = 720, 300, 20
TOP, ROW, FOOT = 10, 26, 26
LONGEST_NAME = 44
TICKS = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Line:
    """One rule on the drawing."""

    name: str
    y: float
    low: float
    high: float
    point: float

    @property
    def text_y(self) -> float:
        return self.y + 4


@dataclass(frozen=True)
class ValuesDrawing:
    """All rules that have enough data, in the order of the table."""

    lines: tuple[Line, ...]

    width, left, right = WIDTH, LEFT, WIDTH - RIGHT
    ticks = tuple({"percent": one, "x": LEFT + (WIDTH - LEFT - RIGHT) * one / 100} for one in TICKS)

    @property
    def bottom(self) -> int:
        return TOP + ROW * len(self.lines)

    @property
    def height(self) -> int:
        return self.bottom + FOOT


def draw(scores: list[RuleScore]) -> ValuesDrawing | None:
    """Return the drawing; None where no rule has enough data."""
    drawn = [score for score in scores if score.value.enough]
    lines = tuple(_line(score, number) for number, score in enumerate(drawn))
    return ValuesDrawing(lines) if lines else None


def _line(score: RuleScore, number: int) -> Line:
    low, high = score.value.interval
    name = score.condition
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return Line(short, TOP + ROW * number + ROW / 2, _x(low), _x(high), _x(score.value.part))


def _x(part: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * part, 1)
