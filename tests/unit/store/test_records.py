import re
from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from lipwright.store.ids import Kind, new_id
from lipwright.store.records import EVENT_TYPES, Batch, EventType
from tests.unit.store.made import START, batch, generation


@pytest.mark.parametrize(
    ("counts", "has_started", "status"),
    [
        ((3, 0, 0), False, "pending"),
        ((3, 0, 0), True, "processing"),
        ((3, 2, 0), True, "processing"),
        ((3, 0, 2), True, "processing"),
        ((3, 3, 0), True, "completed"),
        ((3, 2, 1), True, "partially_failed"),
        ((3, 0, 3), True, "failed"),
        ((1, 0, 1), True, "failed"),
    ],
)
def test_the_status_of_a_batch_follows_from_its_counts(
    counts: tuple[int, int, int], has_started: bool, status: str
) -> None:
    total, completed, failed = counts
    found: Batch = batch(
        "acc_a", total=total, completed=completed, failed=failed, started_at=START if has_started else None
    )
    assert found.status == status


@pytest.mark.parametrize("kind", get_args(Kind))
def test_an_id_names_its_kind_and_cannot_be_guessed(kind: Kind) -> None:
    """24 characters that need no escaping in a URL."""
    made = {new_id(kind) for _ in range(100)}
    assert len(made) == 100
    assert all(re.fullmatch(rf"{kind}_[A-Za-z0-9]{{24}}", each) for each in made)


def test_records_do_not_change() -> None:
    found = generation("acc_a")
    with pytest.raises(FrozenInstanceError):
        found.status = "completed"  # type: ignore[misc]


def test_the_list_of_event_types_is_whole() -> None:
    """All but the one that is only sent when it is asked for."""
    assert get_args(EventType) == (*EVENT_TYPES, "webhook.test")


@pytest.mark.parametrize(
    ("params", "is_remote"),
    [
        ({"video_asset_id": "ast_v", "video_url": None, "audio_asset_id": "ast_a", "audio_url": None}, False),
        ({"video_asset_id": "ast_v", "audio_asset_id": "ast_a", "webhook_url": "https://x"}, False),
        ({"video_url": "https://x/v", "audio_asset_id": "ast_a"}, True),
        ({"video_asset_id": "ast_v", "audio_url": "https://x/a"}, True),
        ({"video_asset_id": "ast_v", "audio_asset_id": "ast_a", "audio_3_url": "https://x/a"}, True),
    ],
)
def test_inputs_that_have_to_be_downloaded_are_known(params: dict[str, str | None], is_remote: bool) -> None:
    """Voices of segments too; where a result is announced is no input."""
    assert generation("acc_a", params=params).has_remote_input is is_remote
