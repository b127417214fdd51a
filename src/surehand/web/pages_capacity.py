"""The pages of how many people queues need."""

from fastapi import APIRouter, Request, Response

from surehand.flow.capacity import capacities
from surehand.web import session
from surehand.web.capacity_views import capacity_view
from surehand.web.faults import PageRoute
from surehand.web.identity import context_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/capacity")
def capacity_page(request: Request) -> Response:
    """All queues that the reader may see."""
    person = session.signed_in(request).person
    told = capacities(context_of(request), person=person)
    return session.page(request, capacity_view(session.shell(request, "people"), told))


@router.get("/capacity/{queue}")
def queue_capacity_page(request: Request, queue: str) -> Response:
    """One of them."""
    person = session.signed_in(request).person
    told = capacities(context_of(request), queue=queue, person=person)
    return session.page(request, capacity_view(session.shell(request, "people"), told, queue=queue))
