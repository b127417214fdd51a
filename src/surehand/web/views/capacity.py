"""How many people each queue needs."""

from dataclasses import dataclass

from surehand.flow.capacity import QueueCapacity
from surehand.web.charts import Chart
from surehand.web.views.shell import ShellView


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A queue. chart: None where something is missing"""

    told: QueueCapacity
    chart: Chart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityView:
    """The queues that the reader may see. GET /capacity, GET /capacity/QUEUE

    heading  what is found about all of them, or about the one
    queue    the page is of this one alone; '': of all
    """

    shell: ShellView
    heading: str
    queues: tuple[QueueView, ...]
    queue: str = ""
