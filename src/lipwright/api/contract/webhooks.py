"""/v2/webhooks: where events are sent, and how that went. Ours: the contract has the tag, but no paths."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from lipwright.api.contract.answers import (
    Deleted,
    DeliveryAnswer,
    DeliveryList,
    RequestSecret,
    WebhookEndpoint,
    WebhookEndpointWithSecret,
    WebhookList,
)
from lipwright.api.contract.fields import MAX_ID
from lipwright.api.contract.present import Shown, show_delivery, show_endpoint
from lipwright.api.contract.requests import RotationRequest, WebhookChange, WebhookRequest
from lipwright.api.contract.responses import EXTENSION, errors
from lipwright.api.dependencies import CallingAccount, Limit, Offset, ServicesPart
from lipwright.app import webhooks as use
from lipwright.app.webhooks_send import account_secret
from lipwright.store.records import DeliveryStatus

router = APIRouter(prefix="/v2/webhooks", tags=["Webhooks"])
EndpointId = Annotated[str, Path(alias="id", description="Webhook ID")]
DeliveryId = Annotated[str, Path(alias="id", description="Delivery ID")]


@router.post(
    "",
    status_code=201,
    response_model=WebhookEndpointWithSecret,
    operation_id="createWebhook",
    summary="Create Webhook",
    responses=errors(409),
    openapi_extra=EXTENSION,
)
def create_webhook(wanted: WebhookRequest, account: CallingAccount, services: ServicesPart) -> Shown:
    """Adds an endpoint; its secret is in this answer and in no other."""
    made = use.create_endpoint(
        services, account, url=wanted.url, events=tuple(wanted.events), is_enabled=wanted.is_enabled
    )
    return {**show_endpoint(made), "secret": made.secret}


@router.get(
    "",
    response_model=WebhookList,
    operation_id="listWebhooks",
    summary="List Webhooks",
    responses=errors(),
    openapi_extra=EXTENSION,
)
def list_webhooks(account: CallingAccount, services: ServicesPart) -> Shown:
    """Lists the endpoints of the account, newest first."""
    found = use.list_endpoints(services, account)
    return {"webhooks": [show_endpoint(endpoint) for endpoint in found], "total": len(found)}


# the paths with a word must stand before those with an id
@router.get(
    "/secret",
    response_model=RequestSecret,
    operation_id="getRequestWebhookSecret",
    summary="Get Secret Of Request Webhooks",
    responses=errors(),
    openapi_extra=EXTENSION,
)
def get_request_secret(account: CallingAccount, services: ServicesPart) -> Shown:
    """Gives the secret that signs what is sent to the ``webhook_url`` of generations and batches."""
    return {"secret": account_secret(services.settings.secret_key, account.id)}


@router.get(
    "/deliveries",
    response_model=DeliveryList,
    operation_id="listWebhookDeliveries",
    summary="List Webhook Deliveries",
    responses=errors(),
    openapi_extra=EXTENSION,
)
def list_deliveries(
    account: CallingAccount,
    services: ServicesPart,
    limit: Limit = 20,
    offset: Offset = 0,
    webhook_id: Annotated[str | None, Query(max_length=MAX_ID, description="Only of this webhook")] = None,
    status: Annotated[DeliveryStatus | None, Query(description="Filter by status")] = None,
) -> Shown:
    """Lists what was sent and what waits to be sent, newest first."""
    found, total = use.list_deliveries(
        services, account, limit=limit, offset=offset, endpoint_id=webhook_id, status=status
    )
    shown = [show_delivery(delivery) for delivery in found]
    return {"deliveries": shown, "total": total, "has_more": offset + len(found) < total}


@router.post(
    "/deliveries/{id}/redeliver",
    status_code=201,
    response_model=DeliveryAnswer,
    operation_id="redeliverWebhook",
    summary="Redeliver Webhook",
    responses=errors(404),
    openapi_extra=EXTENSION,
)
def redeliver(delivery_id: DeliveryId, account: CallingAccount, services: ServicesPart) -> Shown:
    """Sends the event of a delivery again, as a new delivery to the same address."""
    return show_delivery(use.redeliver(services, account, delivery_id))


@router.get(
    "/{id}",
    response_model=WebhookEndpoint,
    operation_id="getWebhook",
    summary="Get Webhook",
    responses=errors(404),
    openapi_extra=EXTENSION,
)
def get_webhook(endpoint_id: EndpointId, account: CallingAccount, services: ServicesPart) -> Shown:
    """Gives an endpoint, without its secret."""
    return show_endpoint(use.get_endpoint(services, account, endpoint_id))


@router.patch(
    "/{id}",
    response_model=WebhookEndpoint,
    operation_id="updateWebhook",
    summary="Update Webhook",
    responses=errors(404),
    openapi_extra=EXTENSION,
)
def update_webhook(
    endpoint_id: EndpointId, wanted: WebhookChange, account: CallingAccount, services: ServicesPart
) -> Shown:
    """Changes what is given; the rest stays."""
    changed = use.update_endpoint(
        services,
        account,
        endpoint_id,
        url=wanted.url,
        events=None if wanted.events is None else tuple(wanted.events),
        is_enabled=wanted.is_enabled,
    )
    return show_endpoint(changed)


@router.delete(
    "/{id}",
    response_model=Deleted,
    operation_id="deleteWebhook",
    summary="Delete Webhook",
    responses=errors(404),
    openapi_extra=EXTENSION,
)
def delete_webhook(endpoint_id: EndpointId, account: CallingAccount, services: ServicesPart) -> Shown:
    """Removes an endpoint with its deliveries; what was waiting is not sent."""
    use.delete_endpoint(services, account, endpoint_id)
    return {"id": endpoint_id, "deleted": True}


@router.post(
    "/{id}/secret",
    response_model=WebhookEndpointWithSecret,
    operation_id="rotateWebhookSecret",
    summary="Rotate Webhook Secret",
    responses=errors(404),
    openapi_extra=EXTENSION,
)
def rotate_secret(
    endpoint_id: EndpointId,
    account: CallingAccount,
    services: ServicesPart,
    wanted: Annotated[RotationRequest | None, Body()] = None,
) -> Shown:
    """Makes a new secret; for a while deliveries are signed with both."""
    overlap = None if wanted is None else wanted.overlap_seconds
    changed = use.rotate_secret(services, account, endpoint_id, overlap_seconds=overlap)
    return {**show_endpoint(changed), "secret": changed.secret}


@router.post(
    "/{id}/test",
    status_code=201,
    response_model=DeliveryAnswer,
    operation_id="testWebhook",
    summary="Test Webhook",
    responses=errors(404),
    openapi_extra=EXTENSION,
)
def send_test(endpoint_id: EndpointId, account: CallingAccount, services: ServicesPart) -> Shown:
    """Sends a made-up event of type ``webhook.test`` to an endpoint, even a disabled one."""
    return show_delivery(use.send_test(services, account, endpoint_id))
