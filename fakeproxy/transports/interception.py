"""All the patches, put in with the first active fake and taken out with the last."""

from __future__ import annotations

from fakeproxy.transports import active, aiohttp, children, httpx, lines, names, neighbours, twilio_sdk
from fakeproxy.transports.patches import Patches

_SEAMS = twilio_sdk.SEAMS | lines.SEAMS | httpx.SEAMS | aiohttp.SEAMS | names.SEAMS | neighbours.SEAMS | children.SEAMS

patches = Patches(_SEAMS, active.lock)
