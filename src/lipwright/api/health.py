"""/healthz, /readyz and /metrics: for those who run the server."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from lipwright.api.dependencies import ServicesPart
from lipwright.api.metrics import CONTENT_TYPE, exposition
from lipwright.app.room import lack_of_room
from lipwright.store.reachable import is_reachable, is_writable

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> JSONResponse:
    """Whether the process answers at all."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def readyz(services: ServicesPart) -> JSONResponse:
    """Whether the database answers too, and there is room to work; 503 with the reason if not."""
    if not is_reachable(services.database):
        raise HTTPException(503, "expected the database to answer, it does not; look for it, then try again")
    lack = lack_of_room(services.settings)
    if lack is not None:
        raise HTTPException(503, f"{lack}; make room in data_dir")
    if not is_writable(services.database):
        raise HTTPException(
            503, "expected a database that can be written, it cannot; look for room and rights"
        )
    return JSONResponse({"status": "ok", "database": "ok"})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Everything that is counted, for Prometheus."""
    return Response(exposition(request.app.state.registry), media_type=CONTENT_TYPE)
