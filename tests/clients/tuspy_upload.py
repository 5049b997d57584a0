"""Uploads with tuspy as it comes from its registry.

  python tuspy_upload.py SCENARIO ENDPOINT TOKEN FILE

Scenarios: `whole` sends the file in chunks, each with its checksum. `resume` stops in the middle, forgets
everything but the stored address and goes on from there. Prints one JSON object.
"""

import hashlib
import json
import os
import sys

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage

CHUNK_BYTES = 700_000


def main():
    scenario, endpoint, token, path = sys.argv[1:]
    client = TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    metadata = {"filename": os.path.basename(path), "sha256": sha256}
    storage = FileStorage(path + ".addresses")

    def uploader(**more):
        return client.uploader(
            path, chunk_size=CHUNK_BYTES, metadata=metadata, upload_checksum=True, **more
        )

    result = {}
    if scenario == "resume":
        first = uploader(store_url=True, url_storage=storage)
        first.upload(stop_at=2 * CHUNK_BYTES)
        second = uploader(store_url=True, url_storage=storage)
        result = {"same_address": first.url == second.url, "resumed_at": second.offset}
        second.upload()
        result["offset"] = second.offset
    else:
        one = uploader()
        one.upload()
        result["offset"] = one.offset
    print(json.dumps(result))


main()
