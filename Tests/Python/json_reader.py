"""Compares what nj.json made of random documents with Python's json.

    .build/release/Fuzzer json-verdicts --documents 1000000 | python3 Tests/Python/json_reader.py

What both read must be equal, and what one refuses the other must refuse. Ours deviates on purpose, and these are no
disagreements: NaN and infinities, numbers that no double holds and halves of surrogate pairs are refused; so are values
nested 64 levels deep; null in an object is an absent name, and an empty list is an empty object. Prints disagreements and
counts, and ends with 1 when there are any.
"""
import base64
import collections
import json
import math
import sys

MAX_DEPTH = 64
LARGEST = 2 ** 63
sys.set_int_max_str_digits(0)
sys.setrecursionlimit(1_000_000)


def refuse(word):
    raise ValueError(f"{word} is not JSON")


def depth_of(document):
    """How deep brackets are nested, strings left out, up to where Python would take long to say."""
    depth = deepest = 0
    in_string = is_escaped = False
    for character in document:
        if in_string:
            if is_escaped:
                is_escaped = False
            elif character == "\\":
                is_escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


class Unholdable(Exception):
    """A value that JSON can say and Lua cannot hold."""


def checked(text):
    if any(0xD800 <= ord(character) < 0xE000 for character in text):
        raise Unholdable
    return text


def normal(value):
    """The value as Lua holds it."""
    if isinstance(value, dict):
        fields = {checked(name): normal(value[name]) for name in sorted(value)}
        return {name: part for name, part in fields.items() if part is not None} or []
    if isinstance(value, list):
        return [normal(part) for part in value]
    if isinstance(value, str):
        return checked(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and not -LARGEST <= value < LARGEST:
        try:
            value = float(value)
        except OverflowError:
            raise Unholdable from None
    if isinstance(value, float) and not math.isfinite(value):
        raise Unholdable
    return value


def read(document):
    """("value", value) or ("refused", reason), or how deep it is nested where that decides."""
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError as error:
        return "refused", str(error)
    depth = depth_of(text)
    if depth >= MAX_DEPTH:
        return ("too deep" if depth > MAX_DEPTH else "at the limit"), None
    values = []

    def pairs(fields):
        values.extend(part for _, part in fields)
        for name, _ in fields:
            values.append(name)
        return dict(fields)

    try:
        value = json.loads(text, parse_constant=refuse, object_pairs_hook=pairs)
    except ValueError as error:
        return "refused", str(error)
    try:
        # What a later equal name hides must be holdable too.
        for hidden in values:
            normal(hidden)
        return "value", normal(value)
    except Unholdable:
        return "refused", "Lua cannot hold it"


def main():
    counts = collections.Counter()
    findings = 0
    for line in sys.stdin:
        verdict = json.loads(line)
        document = base64.b64decode(verdict["document"])
        python = read(document)
        ours = verdict.get("text")
        problem = None
        if python[0] in ("too deep", "at the limit"):
            counts["nested deeply"] += 1
            if ours is not None and python[0] == "too deep":
                problem = "accepted, nested too deep"
        elif python[0] == "refused":
            counts["both refuse it" if ours is None else "only Python refuses it"] += 1
            if ours is not None:
                problem = f"accepted as {ours[:200]}, Python: {python[1]}"
        elif ours is None:
            problem = f"refused ({verdict.get('refusal')}), Python reads {python[1]!r:.200}"
        else:
            counts["both read it"] += 1
            value = normal(json.loads(ours))
            # Integers and floats, and both zeros, are told apart.
            if repr(value) != repr(python[1]):
                problem = f"read as {value!r:.200}, Python reads {python[1]!r:.200}"
        if problem:
            findings += 1
            print(f"document {verdict['number']} {document[:200]!r}: {problem}")
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())), f"findings: {findings}", sep="; ")
    sys.exit(1 if findings else 0)


main()
