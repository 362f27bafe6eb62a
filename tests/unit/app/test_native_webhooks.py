"""What the own address of a request in the native dialect is sent."""

import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from lipwright.app.native_shape import DIALECT
from lipwright.app.webhooks import create_endpoint
from lipwright.app.webhooks_send import account_secret
from tests.clock import START, Watch
from tests.unit.app.conftest import Bench
from tests.unit.app.test_webhooks_send import receiver


def vendor_verifies(secret: str, header: str, payload: Any) -> bool:
    """As the samples in the vendor's documentation do: what was parsed is written again, and then signed."""
    found = re.fullmatch(r"t=(\d+),v1=(.+)", header)
    assert found is not None
    text = f"{found[1]}.{json.dumps(payload, separators=(',', ':'))}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(digest, found[2])


def test_end_is_told_in_the_vendor_s_words_with_its_signature(
    bench: Bench, watch: Watch, clip: Path, voice: Path
) -> None:
    """Beside the one of Standard Webhooks, so that either kind of receiver can verify it."""
    with receiver(200) as (url, received):
        generation = bench.order(
            video_asset_id=bench.asset(clip, "video"),
            audio_asset_id=bench.asset(voice, "audio"),
            webhook_url=url,
            dialect=DIALECT,
        )
        bench.queue.run()
    [(headers, body)] = received
    said = json.loads(body)
    assert (said["id"], said["status"], said["error"]) == (generation.id, "COMPLETED", None)
    assert "/v2/files/" in said["outputUrl"]
    assert said["outputDuration"] > 0
    assert "errorCode" not in said
    secret = account_secret(bench.settings.secret_key, bench.account.id)
    assert headers["Sync-Signature"].startswith(f"t={int(START.timestamp())},v1=")
    assert vendor_verifies(secret, headers["Sync-Signature"], said)
    assert not vendor_verifies(secret, headers["Sync-Signature"], {**said, "status": "FAILED"})
    Webhook(secret).verify(body, headers)


@pytest.mark.parametrize("name", ["voix é.mp4", "\u2028.mp4"])
def test_body_survives_being_parsed_and_written_again(bench: Bench, name: str) -> None:
    """Whatever stands in URLs and errors: ASCII without escapes, which JavaScript would not write."""
    with receiver(200) as (url, received):
        generation = bench.order(
            video_url=f"https://example.com/{name}",
            audio_url="https://example.com/a",
            webhook_url=url,
            dialect=DIALECT,
        )
        bench.work.fail(generation.id, f"video_url: nothing at {name}", "x")
        bench.queue.run()
    body = received[-1][1].decode()
    assert body.isascii()
    assert "\\u" not in body
    assert json.loads(body)["status"] == "FAILED"
    assert json.loads(body)["error_code"] == "x"


def test_endpoints_of_the_account_are_told_in_our_words(bench: Bench) -> None:
    """They hear of all jobs, and have one form for all."""
    with receiver(200) as (url, received):
        create_endpoint(bench, bench.account, url=url, events=())
        generation = bench.order(
            video_url="https://example.com/v", audio_url="https://example.com/a", dialect=DIALECT
        )
        bench.work.fail(generation.id, "x", "x")
        bench.queue.run()
    headers, body = received[-1]
    assert json.loads(body)["data"]["status"] == "failed"
    assert "Sync-Signature" not in headers
