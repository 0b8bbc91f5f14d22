"""The parts of a request that have no effect: parameters that the operation lacks, and the query of a POST."""

from __future__ import annotations

from collections.abc import Mapping

from fakeproxy.api import parameters
from fakeproxy.api.operations import OPERATIONS, Operation
from fakeproxy.queries.names import nearest

#: The parameters of each operation by name. The last one is sent by old SDKs, and has no effect (changelog of 2019).
_PARAMETERS = {
    operation.name: {parameter.name for parameter in operation.parameters} | {"FailOnParticipantConflict"}
    for operation in OPERATIONS.values()
}


def sentences(query: str, operation: Operation, form: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return a sentence for each part of a request that has no effect. Twilio ignores unknown parameters too."""
    is_snake = "Participants" in form and "_" in "".join(form["Participants"])
    if not (query or is_snake) and _PARAMETERS[operation.name].issuperset(form):
        return ()
    known = [parameter.name for parameter in operation.parameters]
    found = []
    for name in sorted(form.keys() - _PARAMETERS[operation.name]):
        if name[:1] in ("{", "["):
            found.append("the body is JSON, which is ignored: the API reads a form, UniqueName=ride-7&Ttl=3600")
            continue
        meant = nearest(name, known)
        hint = f"; {' or '.join(meant)} is one" if meant else ""
        found.append(f"{name} is no parameter of {operation.name}, and is ignored{hint}")
    for key, name in parameters.snake_case_keys(form.get("Participants", ())).items():
        found.append(f"{key} is no parameter of a participant, and is ignored; {name} is one")
    if query:
        # Guess (inferred, the OpenAPI file): the query of a POST is ignored; the file has the parameters of a POST in
        # its body only.
        found.append(f"the query {query!r} is ignored; the parameters of a POST are in its body")
    return tuple(found)
