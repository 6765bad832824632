"""What a scene wants around its panels, and what of it is given up where these need the room."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text

from visualize.film.arrangement import Arrangement
from visualize.film.legends import add_legend, entries_of
from visualize.film.texts import paragraph, size
from visualize.looks.style import Style
from visualize.scene.scene import Scene

if TYPE_CHECKING:
    from matplotlib.legend import Legend

    from visualize.film.equations import Block

MOST_OF_HEIGHT = 0.3
"""Of the picture, that a legend takes at most."""
NO_FORMULAS = "there is no room for the formulas; write formula: false, or fewer optimizers"


class Margins:
    """Subtitle, formulas, legend and caption, which have no place yet."""

    def __init__(
        self,
        figure: Figure | SubFigure,
        panels: Sequence[Axes],
        arrangement: Arrangement,
        scene: Scene,
        style: Style,
        width: float,
        shown: Mapping[str, str],
    ) -> None:
        """`shown` says whose line in the legend stands for each name; all is `width` wide."""
        self._figure, self._scene, self._style, self._width = figure, scene, style, width
        self._gap = style.font_size / 144 * figure.get_figure(root=True).dpi
        self._told: list[str] = []
        self._left_out = 0
        self.subtitle: Text | None = None
        self.block: Block | None = None
        self.legend: Legend | None = None
        self.caption: Text | None = None
        if style.is_small:
            return
        if scene.subtitle:
            self.subtitle, is_cut = paragraph(figure, scene.subtitle, width, style)
            self._tell_cut("subtitle", is_cut=is_cut)
        if scene.caption:
            self.caption, is_cut = paragraph(figure, scene.caption, width, style)
            self._tell_cut("caption", is_cut=is_cut)
        if scene.formula:
            self._add_equations(arrangement)
        if scene.legend != "none":
            self._entries = entries_of(panels, shown, style)
            if any(self._entries):
                self._add_legend(MOST_OF_HEIGHT * figure.bbox.height)

    @property
    def texts(self) -> list[Text]:
        """Subtitle and caption, if there are any."""
        return [it for it in (self.subtitle, self.caption) if it is not None]

    @property
    def named(self) -> list[Text]:
        """The names in the legend."""
        return [] if self.legend is None else self.legend.get_texts()

    def give_up(self, room: float) -> list[str]:
        """Make all no higher than so many pixels together, and return what is lost by that.

        Formulas go first, then names in the legend, then the caption's end, then the subtitle.
        """
        self._shrink_block(self._height() - room)
        self._shrink_legend(self._height() - room)
        self._shrink_caption(self._height() - room)
        if self.subtitle is not None and self._height() > room:
            self.subtitle.remove()
            self.subtitle = None
            self._told.append("there is no room for the subtitle")
        if self._left_out:
            self._told.append(f"there is no room in the legend for {self._left_out} of its names")
        return list(dict.fromkeys(self._told))

    def _add_equations(self, arrangement: Arrangement) -> None:
        """Add the formulas of objective and rules, if there is room for them."""
        from visualize.film.equations import Block, equations_of

        equations = equations_of(self._scene, arrangement)
        if not equations:
            words = "there are no formulas: neither of the objective nor of recorded runs"
            self._told.append(words)
            return
        self.block = Block(self._figure, equations, self._style)
        if not self.block.fits(self._width):
            self._leave_out_block()

    def _leave_out_block(self) -> None:
        if self.block is not None:
            self.block.remove()
            self.block = None
            self._told.append(NO_FORMULAS)

    def _shrink_block(self, over: float) -> None:
        if self.block is None or over <= 0:
            return
        if not self.block.fits(self._width, self.block.height - over):
            self._leave_out_block()

    def _shrink_legend(self, over: float) -> None:
        if self.legend is None or over <= 0:
            return
        most = size(self.legend)[1] - over
        self.legend.remove()
        self._add_legend(most)

    def _add_legend(self, most: float) -> None:
        self.legend, self._left_out = add_legend(
            self._figure, *self._entries, self._style, self._width, most
        )

    def _shrink_caption(self, over: float) -> None:
        if self.caption is None or over <= 0:
            return
        most = size(self.caption)[1] - over
        self.caption.remove()
        self.caption, is_cut = paragraph(
            self._figure, str(self._scene.caption), self._width, self._style, most
        )
        self._tell_cut("caption", is_cut=is_cut)

    def _tell_cut(self, name: str, *, is_cut: bool) -> None:
        if is_cut:
            self._told.append(f"the {name} is cut: it is longer than there is room for")

    def _height(self) -> float:
        return sum(self._heights())

    def _heights(self) -> Iterator[float]:
        """Yield how high each is, with the gap beside it."""
        if self.subtitle is not None:
            yield size(self.subtitle)[1] + self._gap
        if self.block is not None:
            yield self.block.height + 1.5 * self._gap
        if self.legend is not None:
            yield size(self.legend)[1] + self._gap
        if self.caption is not None:
            yield size(self.caption)[1] + self._gap
