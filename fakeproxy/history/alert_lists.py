"""Lists of alerts, with `where()`, `one()` and `none()`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from fakeproxy.queries.query import Has, Query
from fakeproxy.views import Alert

if TYPE_CHECKING:
    from typing_extensions import Unpack


class AlertConditions(TypedDict, total=False):
    """The fields of an alert that `where()`, `one()` and `none()` take."""

    code: object
    level: object
    text: object
    resource_sid: object
    at: object
    cause: object
    why: object


class AlertList(Sequence[Alert], Query[Alert]):
    """Alerts, oldest first, with `where()`, `one()` and `none()`."""

    def _asked(self) -> Sequence[Alert]:
        return list(self)

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return "alert", tuple(AlertConditions.__annotations__)

    def where(self, **fields: Unpack[AlertConditions]) -> list[Alert]:
        """Return the alerts that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[AlertConditions]) -> Alert:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[AlertConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[AlertConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)
