# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""fill.py ENDPOINT BUCKET PREFIX COUNT: two versions of each object, a delete marker and an unfinished upload."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import botocore.session


def main() -> None:
    """Put them."""
    endpoint, bucket, prefix, count = sys.argv[1:]
    client = botocore.session.get_session().create_client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=os.environ["KEY"],
        aws_secret_access_key=os.environ["SECRET"],
        region_name="us-east-1",
    )
    keys = [f"{prefix}-Wed Jul 29 14:36:38 UTC 2020 {number:05}.txt" for number in range(int(count))]
    if int(count) > 1:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        client.create_multipart_upload(Bucket=bucket, Key=f"{prefix}-never-ends")
    with ThreadPoolExecutor(8) as pool:
        for _version in range(2 if int(count) > 1 else 1):
            list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=key, Body=b"1\n2\n"), keys))
    if int(count) > 1:
        client.put_object(Bucket=bucket, Key=f"{prefix}-gone", Body=b"x")
        client.delete_object(Bucket=bucket, Key=f"{prefix}-gone")


if __name__ == "__main__":
    main()
