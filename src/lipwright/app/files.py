"""The files that signed links lead to."""

from dataclasses import dataclass

from lipwright.app.links import Ticket
from lipwright.app.media_types import output_type
from lipwright.app.services import Services
from lipwright.errors import NotFoundError
from lipwright.store.assets import Assets
from lipwright.store.generations import Generations


@dataclass(frozen=True)
class StoredFile:
    """A file as it is served."""

    blob_key: str
    filename: str
    content_type: str
    tag: str
    """Changes when the content does."""


def stored_file(services: Services, ticket: Ticket) -> StoredFile:
    """What a ticket is for.

    Raises:
        NotFoundError: it was deleted meanwhile.
    """
    with services.database.read() as connection:
        if ticket.kind == "asset":
            asset = Assets(connection).get(ticket.account_id, ticket.id)
            return StoredFile(asset.blob_key, asset.filename, asset.content_type, asset.sha256[:32])
        generation = Generations(connection).get(ticket.account_id, ticket.id)
    if generation.output_key is None:
        raise NotFoundError(f"expected a generation that is completed, {generation.id} has no result")
    output_format = str(generation.params.get("output_format", "mp4"))
    # a generation gets its result once and for all
    name = generation.params.get("output_name") or generation.id
    return StoredFile(
        generation.output_key, f"{name}.{output_format}", output_type(output_format), generation.id
    )
