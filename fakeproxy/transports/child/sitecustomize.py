"""The start of a child in Python, which runs this where `FakeProxy.environment` put this folder on PYTHONPATH.

Any Python may run it, of another version or environment too. So it is written for all, and needs no package.
"""

import os
import sys

_folder = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _folder]

# Run the sitecustomize that this one hides. The import system expects a module under this name afterwards.
_self = sys.modules.pop("sitecustomize")
try:  # noqa: SIM105
    import sitecustomize  # type: ignore[import-not-found, unused-ignore]  # noqa: F401
except ImportError:
    pass
sys.modules.setdefault("sitecustomize", _self)

try:
    from fakeproxy.transports.child import activation
except (ImportError, SyntaxError):  # fakeproxy is not installed here; the program may still use the tunnel.
    pass
else:
    activation.activate()
