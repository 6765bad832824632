"""What is to be drawn of each watched file, and who draws it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from visualize.batch.job import Job, Outcome
from visualize.watching.sources import Sight
from visualize.watching.warm import WarmProcess

STILL = "png"
MOST_UNSERVED = 5
"""Changes of a scene, one soon after the other, before a still of it is finished anyhow."""


@dataclass
class Source:
    """A file with scenes, and how far they are."""

    file: Path
    noticed: float
    """When (of the monotonic clock) it was seen to have changed."""
    ready: float
    """From when on it may be read."""
    is_due: bool = True
    seen: dict[Path, Sight] = field(default_factory=dict)
    """What it and the files that it reads were like before they were read."""
    stills: list[Job] = field(default_factory=list)
    """Those to be drawn."""
    films: list[Job] = field(default_factory=list)
    jobs: tuple[Job, ...] = ()
    """Of its scenes, with the formats of their films."""
    clash: str = ""
    """Who else would write its files."""
    unserved: int = 0
    """How often it has changed since it was drawn last, or its mistakes were told."""
    told: set[str] = field(default_factory=set)
    """Words of this version that were told."""

    @property
    def is_restless(self) -> bool:
        """Whether it changes so often that no still would ever be done, as a growing table."""
        return self.unserved > MOST_UNSERVED

    @property
    def has_more(self) -> bool:
        """Whether something of it is to be drawn."""
        return bool(self.is_due or self.stills or self.films)

    def begin(self) -> None:
        """Let everything be drawn anew."""
        self.told.clear()
        self.films = []
        self.stills = [replace(job, formats=(STILL,)) for job in self.jobs]

    def drop(self) -> None:
        """Let nothing be drawn."""
        self.stills, self.films = [], []


@dataclass
class Lane:
    """A process that draws, one job at a time: of the source that was saved last."""

    kind: str
    """`stills` or `films`."""
    process: WarmProcess[Job, Outcome]
    source: Source | None = None
    job: Job | None = None
    lost: int = 0
    """How often a process was lost with this job."""

    def waiting(self, source: Source) -> list[Job]:
        """Return what a source wants to have drawn here."""
        jobs: list[Job] = getattr(source, self.kind)
        return jobs

    def serve(self, sources: Sequence[Source]) -> None:
        """Begin with the source that was saved last, if need be in place of another."""
        wanting = [it for it in sources if self.waiting(it) and not it.is_due]
        if not wanting:
            return
        source = max(wanting, key=lambda it: it.noticed)
        if self.source is None:
            job = self.waiting(source)[0]
            self.lost = self.lost if job is self.job else 0
            self.source, self.job = source, job
            self.process.start(job)
        elif source.noticed > self.source.noticed:
            self.process.abandon()

    def leave(self, source: Source) -> None:
        """Do nothing more for a source."""
        if self.source is source:
            self.process.abandon()
