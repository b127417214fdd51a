"""Type annotations as they are written, down to what they mean."""

import types
import typing
from typing import Annotated, Any, Union, get_args, get_origin

from typing_extensions import TypeAliasType


def bare(annotation: Any) -> Any:
    """Without `Annotated`, `NewType` and `type X = ...`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        else:
            return annotation


def members(annotation: Any) -> tuple[Any, ...]:
    """Those of a union; anything else alone."""
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
