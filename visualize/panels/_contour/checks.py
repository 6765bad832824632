"""What a contour panel is asked for that cannot be shown, and what is not seen in the end."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.optimizers._carried import can_be_parted
from visualize.optimizers._foreign import Foreign
from visualize.optimizers.optimizer import Optimizer
from visualize.panels._contour.camera import Zoom
from visualize.panels._contour.landscape import Landscape
from visualize.panels._marks import MOST_SADDLES
from visualize.panels._trails import MOST_TRAILS
from visualize.panels.panel import Showable
from visualize.text import counted, did_you_mean, listed, shown

if TYPE_CHECKING:
    from visualize.panels.contour import Contour

OF_TWO = {
    "saddles": "saddle points",
    "minimum_values": "minima",
    "color_by": "minima",
    "basins": "basins",
}
"""Settings that look for places in the whole of the objective, and what they look for."""
RECORDED = "recorded runs"


def unmet(panel: "Contour", showable: Showable) -> Iterator[tuple[str, str]]:
    """Yield each setting that asks for what is not there, and what to say of it."""
    objective = showable.objective
    wanted = [name for name in (*OF_TWO, "field", "colorbar") if _is_wanted(panel, name)]
    for name in wanted:
        if not objective.is_known:
            yield name, "the objective is not known, only points; say what it is, objective: ..."
        elif name in OF_TWO and objective.dimension != 2:
            yield (
                name,
                f"{OF_TWO[name]} are shown of two variables, not in a plane of "
                f"{objective.dimension}; arrows, field, camera and inset can be",
            )
        elif name == "saddles" and not objective.has_hessian:
            yield (
                name,
                "saddle points are found by second derivatives, which this one does not have",
            )
    if panel.basins and panel.filled:
        yield "basins", "areas show either heights or basins; leave out filled"
    yield from _without_makers(panel, showable)


def _is_wanted(panel: "Contour", name: str) -> bool:
    value = getattr(panel, name)
    return value == "minimum" if name == "color_by" else bool(value)


def _without_makers(panel: "Contour", showable: Showable) -> Iterator[tuple[str, str]]:
    """Yield what the optimizers cannot do that is asked of them."""
    makers = showable.optimizers
    if makers is None:
        return
    if panel.basins:
        label = panel.basins if isinstance(panel.basins, str) else next(iter(makers), "")
        if not makers:
            yield "basins", "of recorded runs nobody knows where others would go; leave it out"
        elif label not in makers:
            hint = did_you_mean(label, makers) or f"; there are {listed(list(makers))}"
            yield "basins", f"there is no run {shown(label)}{hint}"
        elif isinstance(makers[label], Foreign):
            ours = [name for name, it in makers.items() if not isinstance(it, Foreign)]
            instead = f"name another: basins: {ours[0]}" if ours else "leave it out"
            yield (
                "basins",
                f"'{label}' is made elsewhere, and would be asked 10000 times; {instead}",
            )
    if panel.arrows == "parts":
        others = [label for label, it in makers.items() if not can_be_parted(it)]
        if not makers or others:
            whose = f"'{others[0]}', which {_why_none(makers[others[0]])}" if others else RECORDED
            ours = [f"'{label}'" for label in makers if label not in others]
            known = f" (of {listed(ours)} they are)" if ours else ""
            words = f"the parts of a step are not known of {whose}{known}"
            yield "arrows", f"{words}; write arrows: true"


def _why_none(optimizer: Optimizer[Any]) -> str:
    """Return why steps of an optimizer have no parts."""
    if optimizer.solves_anew:
        return "solves for its points anew, and forgets the start"
    return "searches" if optimizer.searches else "is made elsewhere"


def unseen(panel: "Contour", view: Landscape) -> Iterator[str]:
    """Yield what is asked for and not seen in the picture."""
    last = len(view.windows) - 1
    if isinstance(panel.camera, Zoom) and (panel.camera.zoom[-1][0] > last):
        yield f"camera: step {panel.camera.zoom[-1][0]} is beyond the last one, {last}"
    if panel.inset is not None:
        low, high = view.inset["window"].T
        bottom, top = np.transpose(view.limits)
        if (high < bottom).any() or (low > top).any():
            yield "inset: what it looks at is outside of the picture"
    if panel.arrows and any(run.shape[1] > MOST_TRAILS for run in view.series.values()):
        yield f"arrows are drawn of runs with at most {MOST_TRAILS} starts"
    if view.has_many_saddles:
        yield f"there are more than {MOST_SADDLES} saddle points and maxima: none is marked"
    if (panel.basins or panel.color_by == "minimum") and not len(view.minima):
        yield "no minimum is in the picture, so there is nothing to colour by"
    for label, steps in view.basin_steps.items():
        yield (
            f"the basins of '{label}' are those after {counted(int(steps), 'step')}: "
            "as many as the scene's would take long"
        )
