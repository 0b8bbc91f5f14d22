"""The settings: from the environment, and what it lacks from the file `.env`."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    account_sid: str
    auth_token: str
    service_sid: str
    public_url: str  # where Twilio reaches the application: its signatures are made for these URLs
    database: str = "parcels.sqlite3"
    quiet_seconds: int = 4 * 3600  # without a text or call a session closes after this time
    grace_seconds: int = 30 * 60  # after the delivery the two can still reach each other for this time
    retry_delays: tuple[float, ...] = (0.5, 1, 2, 4)  # seconds before each new attempt after a 429


def read_settings(env_file: str = ".env") -> Settings:
    values = {**_read(Path(env_file)), **os.environ}
    return Settings(
        account_sid=values["TWILIO_ACCOUNT_SID"],
        auth_token=values["TWILIO_AUTH_TOKEN"],
        service_sid=values["PROXY_SERVICE_SID"],
        public_url=values["PUBLIC_URL"].rstrip("/"),
        database=values.get("DATABASE", Settings.database),
    )


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
