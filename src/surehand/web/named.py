"""A case that a path of the API names, and how it is answered once it changed."""

import re
from typing import Annotated

from fastapi import Path as InPath
from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Connection

from surehand.core.case import Case
from surehand.errors import NotFound
from surehand.flow import unseen
from surehand.web import resources, schemas
from surehand.web.identity import Caller

_ID = re.compile(r"[a-z]{2,8}-[0-9a-z]{1,40}")

CaseId = Annotated[str, InPath(description="The case's number.", examples=["exp-01jd8k3m9q2c7x4v"])]
Of = Annotated[
    str | None, Query(alias="assignment", max_length=80, description="`id` of one of `beside`.")
]  # fmt: skip


def known(case_id: str) -> str:
    """A text that may be a case's number; any other names no case."""
    if not _ID.fullmatch(case_id):
        raise NotFound("There is no such case, or you may not see it")
    return case_id


def seen(caller: Caller, connection: Connection, case: Case) -> schemas.CaseSummary:
    """A case that changed, as the caller may see it."""
    return resources.summary(unseen.as_seen(caller.context, connection, caller.person, case))


def changed(caller: Caller, connection: Connection, case: Case) -> BaseModel:
    """The answer to a request that changed it."""
    return schemas.Changed(case=seen(caller, connection, case))
