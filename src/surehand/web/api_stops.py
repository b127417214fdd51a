"""Stops through the API: what is stopped, stopping, and having it resume."""

from dataclasses import asdict
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Path as InPath
from sqlalchemy import Connection

from surehand.core.stopping import Stop
from surehand.flow import stopping
from surehand.web import bodies
from surehand.web.identity import Calling
from surehand.web.once import IdempotencyKey, once
from surehand.web.requests import SignedRoute
from surehand.web.schemas_stops import StopInForce, StopRecorded, Stops

router = APIRouter(route_class=SignedRoute, prefix="/stops", tags=["Stop"])

StopId = Annotated[int, InPath(description="The stop's `id`.", ge=1, le=2**53)]


@router.get("", operation_id="list_stops")
def stops(caller: Calling) -> Stops:
    """What is stopped, with what it holds back, and the stops and drills of before, newest first."""
    found = stopping.overview(caller.context, caller.person)
    return Stops(
        in_force=[StopInForce.model_validate({**asdict(one.stop), **one.counted}) for one in found.in_force],
        ended=[StopRecorded.model_validate(one) for one in found.ended],
    )


@router.post("", operation_id="stop", response_model=StopRecorded)
def stop(caller: Calling, body: bodies.StopGiven, key: IdempotencyKey = None) -> Response:
    """Stop a process, or everything. Once this answers, no action of it begins; what runs is not cut off.

    A drill stops it for a moment: it answers once every worker has refused, or with those that did not.
    """
    verb = partial(stopping.stop, because=body.because)
    return once(
        caller, key, route="stop", body=body.model_dump(), answer=_recorded,
        act=lambda also: (stopping.drill if body.drill else verb)(
            caller.context, caller.person, body.process, also=also
        ),
    )  # fmt: skip


@router.post("/{id}/resume", operation_id="ask_to_resume", response_model=StopRecorded)
def resume(caller: Calling, id: StopId, key: IdempotencyKey = None) -> Response:
    """Ask for a stop to end. A second person agrees."""
    return once(
        caller, key, route=f"resume {id}", body=None, answer=_recorded,
        act=lambda also: stopping.ask_to_resume(caller.context, caller.person, id, also=also),
    )  # fmt: skip


@router.post("/{id}/agree", operation_id="agree_to_resume", response_model=StopRecorded)
def agree(caller: Calling, id: StopId, key: IdempotencyKey = None) -> Response:
    """Agree that a stop ends, as somebody else asks. What it held back is due, and checked again first."""
    return once(
        caller, key, route=f"agree {id}", body=None, answer=_recorded,
        act=lambda also: stopping.agree(caller.context, caller.person, id, also=also),
    )  # fmt: skip


@router.post("/{id}/keep", operation_id="keep_stopped", response_model=StopRecorded)
def keep(caller: Calling, id: StopId, key: IdempotencyKey = None) -> Response:
    """Do not resume as somebody asks."""
    return once(
        caller, key, route=f"keep {id}", body=None, answer=_recorded,
        act=lambda also: stopping.keep_stopped(caller.context, caller.person, id, also=also),
    )  # fmt: skip


def _recorded(_connection: Connection, one: Stop) -> StopRecorded:
    return StopRecorded.model_validate(one)
