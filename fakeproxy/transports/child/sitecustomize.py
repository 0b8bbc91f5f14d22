"""Python runs this at its start where this folder is on PYTHONPATH, which `FakeProxy.environment` puts there.

Any Python may meet it, of another version or environment too, so it is written for all and asks for nothing.
"""

import os
import sys

_folder = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _folder]

# The sitecustomize that this one hides is run as ever. The import system wants to find one under the name afterwards.
_self = sys.modules.pop("sitecustomize")
try:  # noqa: SIM105
    import sitecustomize  # type: ignore[import-not-found, unused-ignore]  # noqa: F401
except ImportError:
    pass
sys.modules.setdefault("sitecustomize", _self)

try:
    from fakeproxy.transports.child import activation
except (ImportError, SyntaxError):  # Not installed where this program runs: the tunnel is what it has.
    pass
else:
    activation.activate()
