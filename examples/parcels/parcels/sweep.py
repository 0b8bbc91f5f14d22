"""The sweep, for cron: `python -m parcels.sweep` closes the sessions of which the time is over."""

import asyncio
import time
from contextlib import suppress

from parcels.deliveries import Deliveries
from parcels.masking import Masking, Refused, connected
from parcels.settings import read_settings


async def sweep(deliveries: Deliveries, masking: Masking) -> int:
    """Close what is over, and return how many deliveries were closed."""
    now, closed = int(time.time()), 0
    for delivery in deliveries.due(now):
        quiet_until = await masking.quiet_until(delivery.session_sid)
        if delivery.status == "underway" and quiet_until is not None and quiet_until > now:
            deliveries.postpone(delivery.session_sid, quiet_until)  # A webhook about a text was lost.
            continue
        if quiet_until is not None:
            with suppress(Refused):  # Twilio may be faster.
                await masking.close(delivery.session_sid)
        deliveries.change(delivery.parcel, status="closed")
        closed += 1
    return closed


async def main() -> None:
    settings = read_settings()
    async with connected(settings) as masking:
        await sweep(Deliveries(settings.database), masking)


if __name__ == "__main__":
    asyncio.run(main())
