# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire between the data centres, which is a proxy of toxiproxy: cut by hand, or closed to somebody by a policy.

The two do not know of each other: a link that was cut by hand stays cut when a policy goes, and the other way round.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import urllib3

from manuela_lab.errors import LabError

TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
REFUSING = {"type": "reset_peer", "stream": "upstream", "toxicity": 1.0, "attributes": {"timeout": 0}}
"""What a closed link does: each connection is reset as soon as something is sent over it."""


class Link:
    """One proxy, by the address of toxiproxy's API and its name."""

    def __init__(self, api: str, name: str) -> None:
        self.name = name
        self._url = f"{api}/proxies/{name}"
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def switch(self, on: bool) -> bool:
        """Cut or restore the wire; return whether it was otherwise."""
        before = self._ask("GET", "")["enabled"]
        if before != on:
            self._ask("POST", "", {"enabled": on})
        return bool(before != on)

    def close_for(self, whom: str) -> None:
        """Refuse all connections, on behalf of ``whom``."""
        if whom not in self.closed_for():
            self._ask("POST", "/toxics", {"name": whom, **REFUSING})

    def open_for(self, whom: str) -> None:
        """Take back what ``close_for`` did."""
        if whom in self.closed_for():
            self._ask("DELETE", f"/toxics/{whom}")

    def closed_for(self) -> list[str]:
        """Return on whose behalf connections are refused."""
        return [str(toxic["name"]) for toxic in self._ask("GET", "")["toxics"]]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body)
        try:
            answer = self._pool.request(method, self._url + path, body=data)
        except urllib3.exceptions.HTTPError as error:
            raise LabError(
                f"toxiproxy does not answer at {self._url}: {error}. Is the lab up? Try: lab status"
            ) from error
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise LabError(
                f"toxiproxy refused {method} {self._url}{path}: {answer.data.decode(errors='replace').strip()}"
            )
        return json.loads(answer.data) if answer.data else None
