"""The table of deliveries. `expires_at` is the instant at which the session should be closed (seconds, UTC)."""

import sqlite3
from dataclasses import asdict, dataclass, fields


@dataclass
class Delivery:
    parcel: str
    session_sid: str
    recipient: str
    driver: str | None
    recipient_dials: str
    driver_dials: str | None
    expires_at: int
    status: str = "underway"  # then "delivered", then "closed"


COLUMNS = [field.name for field in fields(Delivery)]


class Deliveries:
    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute(f"CREATE TABLE IF NOT EXISTS deliveries ({', '.join(COLUMNS)}, PRIMARY KEY (parcel))")

    def add(self, delivery: Delivery) -> None:
        marks = ", ".join(f":{name}" for name in COLUMNS)
        self._database.execute(f"INSERT OR REPLACE INTO deliveries VALUES ({marks})", asdict(delivery))

    def change(self, parcel: str, **values: object) -> Delivery:
        sets = ", ".join(f"{name} = :{name}" for name in values)
        self._database.execute(f"UPDATE deliveries SET {sets} WHERE parcel = :parcel", {**values, "parcel": parcel})
        return self._select("parcel = ?", parcel)[0]

    def find(self, parcel: str) -> Delivery | None:
        return next(iter(self._select("parcel = ?", parcel)), None)

    def due(self, now: int) -> list[Delivery]:
        return self._select("status != 'closed' AND expires_at <= ? ORDER BY expires_at", now)

    def postpone(self, session_sid: str, expires_at: int) -> None:
        """Note that a text or call has passed. What is delivered ends at its time all the same."""
        self._database.execute(
            "UPDATE deliveries SET expires_at = ? WHERE session_sid = ? AND status = 'underway'",
            (expires_at, session_sid),
        )

    def close(self) -> None:
        self._database.close()

    def _select(self, condition: str, *values: object) -> list[Delivery]:
        rows = self._database.execute(f"SELECT * FROM deliveries WHERE {condition}", values)
        return [Delivery(*row) for row in rows]
