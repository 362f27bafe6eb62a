"""/v2/models: what there is to choose from."""

from fastapi import APIRouter

from lipwright.api.contract.answers import ModelList
from lipwright.api.contract.present import Shown
from lipwright.api.contract.responses import errors
from lipwright.api.dependencies import ServicesPart
from lipwright.app.catalogue import offers

router = APIRouter(prefix="/v2/models", tags=["Models"])


@router.get(
    "",
    response_model=ModelList,
    operation_id="listModels",
    summary="List Available Models",
    responses=errors(),
)
def list_models(services: ServicesPart) -> Shown:
    """Lists the models whose engines run here, cheapest first."""
    shown = [
        {
            "id": offer.info.id,
            "name": offer.name,
            "description": offer.info.description,
            "max_resolution": f"{offer.info.face_resolution}x{offer.info.face_resolution}",
            "max_duration_seconds": offer.info.max_seconds,
            "cost_per_second": float(offer.per_second),
            "supports_batch": True,
        }
        for offer in offers(services.settings)
    ]
    return {"models": shown}
