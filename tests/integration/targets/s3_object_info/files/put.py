# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""put.py ENDPOINT BUCKET KEY: put one object with two records."""

from __future__ import annotations

import os
import sys

import botocore.session

client = botocore.session.get_session().create_client(
    "s3",
    endpoint_url=sys.argv[1],
    aws_access_key_id=os.environ["KEY"],
    aws_secret_access_key=os.environ["SECRET"],
    region_name="us-east-1",
)
client.put_object(Bucket=sys.argv[2], Key=sys.argv[3], Body=b"floor-1,48.2\nfloor-1,48.3\n")
