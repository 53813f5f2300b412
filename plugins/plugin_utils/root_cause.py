# Copyright: (c) 2026, manuela.event_streaming contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sentence from the evidence of the info modules; pure.  It never guesses: what is not known is said so."""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping

from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_delivery import DELIVERY
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_rule import Rule
from ansible_collections.manuela.event_streaming.plugins.plugin_utils.root_cause_runtime import RUNTIME

RULES = (*DELIVERY, *RUNTIME)
HOPS = ("commit", "application", "operator", "resource", "pod", "tls", "topic", "s3")
ANSWERS = ("argocd_application_info", "resource_status_info", "kafka_topic_info", "s3_object_info")
_OBJECT = re.compile(r"^(?:log of )?(?P<kind>\S+) (?P<name>.+?)(?: in (?P<namespace>\S+))?$")
_PLAN = re.compile(r"InstallPlan (?P<plan>install-\w+)")


def root_cause(found: Any) -> dict[str, Any]:
    """Return cause, sentence, next step and the chain of evidence.

    ``found`` is evidence, or what the info modules returned (also in failures), or a list of such.  What
    kafka_topic_info returned of a listener in another cluster has the name of the cluster that asked as ``route``.
    """
    chain = _once(entry for result in _listed(found) for entry in evidence_of(result))
    bad = [entry for entry in chain if not entry["ok"]]
    well = {entry["hop"] for entry in chain if entry["ok"]}
    for rule in (rule for rule in RULES if rule.refuted_by not in well):
        for entry in bad:
            match = _match(rule, entry)
            if match and (not rule.beside or _beside(rule, entry, chain)):
                return _answer(rule, entry, match, bad, chain)
    return _unknown(bad, chain)


def _once(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries, each once: a failed wait and a later look say the same."""
    return list({(entry["hop"], entry["object"], entry["message"]): entry for entry in entries}.values())


def _match(rule: Rule, entry: Mapping[str, Any]) -> re.Match[str] | None:
    if rule.hops and entry["hop"] not in rule.hops:
        return None
    return rule.says.search(entry["message"]) if rule.about.search(entry["object"]) else None


def _beside(rule: Rule, entry: Mapping[str, Any], chain: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name what is well and of the same kind as an entry that is not."""
    fellows = [one for one in chain if one["ok"] and one["hop"] == entry["hop"]]
    return [words_of(one)["name"] for one in fellows if rule.about.search(one["object"])]


def _answer(
    rule: Rule, entry: Mapping[str, Any], match: re.Match[str], bad: list[dict[str, Any]], chain: list[dict[str, Any]]
) -> dict[str, Any]:
    words = _Words({word: text for word, text in words_of(entry).items() if text})
    words.update({name: value for name, value in match.groupdict().items() if value})
    plan = next(
        (found["plan"] for one in bad for found in [_PLAN.search(f"{one['object']} {one['message']}")] if found), ""
    )
    words.setdefault("plan", plan or "NAME")
    fellows = [words_of(one)["name"] for one in bad if _match(rule, one)]
    words["names"] = ", ".join(dict.fromkeys(fellows))
    words["each"] = " ".join(dict.fromkeys(fellows))
    words["others"] = ", ".join(dict.fromkeys(_beside(rule, entry, chain)))
    next_step = rule.next_step if words.get("namespace") else _everywhere(rule.next_step)
    return {
        "cause": rule.cause,
        "sentence": rule.sentence.format_map(words),
        "next_step": next_step.format_map(words),
        "hop": entry["hop"],
        "object": entry["object"],
        "known": True,
        "chain": chain,
    }


def _everywhere(next_step: str) -> str:
    """Where no namespace is known, all of them are listed."""
    return next_step.replace("oc -n {namespace} get ", "oc get -A ")


def _unknown(bad: list[dict[str, Any]], chain: list[dict[str, Any]]) -> dict[str, Any]:
    if not bad:
        sentence, last = "nothing is wrong with what was looked at", {"hop": None, "object": None}
    else:
        said = "; ".join(f"{entry['object']}: {entry['message']}" for entry in bad)
        sentence, last = f"the cause is not known; last seen: {said}", bad[0]
    return {
        "cause": "unknown" if bad else "none",
        "sentence": sentence,
        "next_step": "look at what is named there" if bad else "",
        "hop": last["hop"],
        "object": last["object"],
        "known": not bad,
        "chain": chain,
    }


class _Words(dict[str, str]):
    """The words of a sentence; one that is not known stays open instead of breaking it."""

    def __missing__(self, key: str) -> str:
        return "?"


def words_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the words that an entry of evidence gives to a sentence."""
    match = _OBJECT.match(entry["object"])
    words = {key: value or "" for key, value in (match.groupdict() if match else {}).items()}
    return {"name": entry["object"], **words, "object": entry["object"], "message": entry["message"]}


def _listed(found: Any) -> list[Any]:
    return list(found) if isinstance(found, (list, tuple)) else [found]


def evidence_of(result: Any) -> list[dict[str, Any]]:
    """Return the evidence in one result, whatever module it is of."""
    if not isinstance(result, Mapping):
        return []
    if {"hop", "object", "message"} <= set(result):
        return [_entry(result["hop"], result["object"], bool(result.get("ok")), result["message"])]
    if "route" in result:
        return _route(result)
    if isinstance(result.get("results"), list):
        return [entry for one in result["results"] for entry in evidence_of(one)]
    found: list[dict[str, Any]] = []
    failure = result.get("failure")
    if isinstance(failure, Mapping):
        details = failure.get("details") or {}
        found = _state(details.get("last_seen"))
        if failure.get("code") not in ("timeout",):
            found.append(_entry(_hop_of(found), _title_of(found), False, result.get("msg", "")))
    for name in ANSWERS:
        found += _state(result.get(name))
    return found or _never_ran(result)


def _never_ran(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What has a message and no answer failed before it asked: a wrong option, a controller without the library."""
    if result.keys() & set(ANSWERS) or result.get("skipped") or not result.get("msg"):
        return []
    return [_entry("resource", "this task", False, result["msg"])]


def _route(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a client in one cluster says of a listener in another; one that could not run says nothing of it."""
    seen = result.get("kafka_topic_info")
    if not isinstance(seen, Mapping):
        return []
    reason = seen.get("reason")
    return [
        _entry(
            "tls", f"route from {result['route']}", not reason, reason or "it answers, and its certificate is trusted"
        )
    ]


def _hop_of(found: list[dict[str, Any]]) -> str:
    return next((entry["hop"] for entry in found if not entry["ok"]), "resource")


def _title_of(found: list[dict[str, Any]]) -> str:
    return next((entry["object"] for entry in found if not entry["ok"]), "this task")


def _state(state: Any) -> list[dict[str, Any]]:
    if not isinstance(state, Mapping):
        return []
    found = [entry for one in _mappings(state.get("evidence")) for entry in evidence_of(one)]
    found += [_application(app) for app in _mappings(state.get("applications"))]
    found += [_topic(topic) for topic in _mappings(state.get("topics"))]
    if "topics" in state and state.get("reason"):
        found.append(_entry("topic", "Kafka", False, state["reason"]))
    if "bucket" in state:
        found.append(_bucket(state))
    return found


def _bucket(state: Mapping[str, Any]) -> dict[str, Any]:
    count, age = state.get("count") or 0, (state.get("newest") or {}).get("age_seconds")
    text = f"{count or 'no'} objects" + (f", newest {age} s old" if age is not None else "")
    if state.get("exists") is False:
        text = "the bucket does not exist"
    return _entry("s3", f"bucket {state['bucket']}", bool(count and state.get("met", True)), text)


def _mappings(value: Any) -> Iterable[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, (list, tuple)) else []


def _application(app: Mapping[str, Any]) -> dict[str, Any]:
    operation = app.get("operation") or {}
    said = [f"{entry.get('type')}: {entry.get('message')}" for entry in _mappings(app.get("conditions"))]
    if app.get("sync_status") != "Synced" or "terminated" not in str(operation.get("message")):
        said += _operation(operation, str(app.get("revision") or ""))
    said += [
        f"{entry.get('kind')}/{entry.get('name')} {entry.get('health_status') or entry.get('sync_status')} "
        f"{entry.get('message') or ''}".strip()
        for entry in _mappings(app.get("unhealthy_resources"))
    ]
    well = bool(app.get("exists")) and app.get("sync_status") == "Synced" and app.get("health_status") == "Healthy"
    if app.get("refreshing"):
        well = False
        said.append("not compared since the refresh")
    if app.get("exists") and app.get("sync_status") != "Synced" and app.get("automated") is False:
        said.append("automated sync is off")
    state = f"{app.get('sync_status')} {app.get('health_status')}" if app.get("exists") else "absent"
    place = f" in {app['namespace']}" if app.get("namespace") else ""
    title = f"Application {app.get('name') or app.get('path')}"
    return _entry("application", title + place, well, "; ".join(said) or state)


def _operation(operation: Mapping[str, Any], revision: str) -> list[str]:
    phase, message = operation.get("phase"), str(operation.get("message") or "")
    other = str(operation.get("revision") or revision)
    if phase == "Running" and other != revision:
        return [f"sync of {other[:7]} Running: {message}"]
    if phase == "Running" and "Retrying" in message:
        return [f"sync Error: {message}"]
    return [f"sync {phase}: {message}"] if phase in ("Failed", "Error") else []


def _topic(topic: Mapping[str, Any]) -> dict[str, Any]:
    if not topic.get("exists"):
        return _entry("topic", f"topic {topic.get('name')}", False, "absent")
    age = topic.get("newest_age_seconds")
    text = f"{topic.get('records')} records" + (f", newest {age:.0f} s old" if age is not None else "")
    return _entry("topic", f"topic {topic.get('name')}", bool(topic.get("flowing")), text)


def _entry(hop: Any, title: Any, ok: bool, message: Any) -> dict[str, Any]:
    return {"hop": str(hop), "object": str(title), "ok": ok, "message": " ".join(str(message).split())}
