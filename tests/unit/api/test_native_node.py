"""The vendor's own Node SDK, unchanged, against a server on a port; where Node finds it."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.served import Served
from tests.unit.api.media import sound, video

SCRIPT = """
const [address, apiKey, video, audio] = process.argv.slice(2);
const { SyncClient } = require("@sync.so/sdk");
const { createReadStream } = require("fs");

async function main() {
  const sync = new SyncClient({ baseUrl: address + "/native", apiKey });
  const input = ["video", "audio"].map((type) => ({ type, url: "https://example.com/" + type }));
  const made = await sync.generations.create({ model: "lipsync-2", input, options: { sync_mode: "loop" } });
  const files = [createReadStream(video), createReadStream(audio)];
  const sent = await sync.generations.createWithFiles(...files, { model: "lipsync-2" });
  const found = await sync.generations.get(made.id);
  const listed = await sync.generations.list();
  const assets = await sync.assets.list();
  const models = await sync.models.list();
  const missing = await sync.generations.get("gen_none").catch((error) => error);
  console.log(JSON.stringify({
    status: found.status, mode: found.options.sync_mode, ids: [made.id, sent.id],
    listed: listed.map((one) => one.id), assets: assets.items.length, models: models.map((one) => one.id),
    missing: missing.statusCode,
  }));
}
main().catch((error) => { console.error(error); process.exit(1); });
"""


def _environment() -> dict[str, str]:
    """Ours, with what ``npm install --global`` put where Node does not look by itself."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        pytest.skip("needs Node and npm")
    where = subprocess.run([npm, "root", "--global"], check=True, capture_output=True, text=True, timeout=60)
    paths = filter(None, (os.environ.get("NODE_PATH"), where.stdout.strip()))
    return {**os.environ, "NODE_PATH": os.pathsep.join(paths)}


def _node(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["node", *arguments]
    return subprocess.run(
        command, check=False, env=_environment(), capture_output=True, text=True, timeout=60
    )


def test_node_sdk_makes_finds_and_lists_jobs(server: Served, address: str, tmp_path: Path) -> None:
    if _node("-e", 'require("@sync.so/sdk")').returncode != 0:
        pytest.skip("needs the vendor's SDK: npm install --global @sync.so/sdk")
    script, picture, voice = (tmp_path / name for name in ("script.js", "clip.mp4", "voice.wav"))
    script.write_text(SCRIPT)
    picture.write_bytes(video())
    voice.write_bytes(sound())
    assert server.client.key is not None
    ran = _node(str(script), address, server.client.key, str(picture), str(voice))
    assert ran.returncode == 0, ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout)
    assert (said["status"], said["mode"], said["missing"]) == ("PENDING", "loop", 404)
    assert said["listed"] == said["ids"][::-1]
    assert said["assets"] == 2
    assert "lipsync-2" in said["models"]
