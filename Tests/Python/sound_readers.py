"""Compares what our reader of sound files made of mutated ones with Python's own modules wave, aifc and sunau.

    .build/release/Fuzzer sound-verdicts --out FOLDER | python3 Tests/Python/sound_readers.py

A file that Python reads whole must not be refused as damaged, one that is cut short for Python must not be accepted, and
what both read must have as many frames. Prints the disagreements and counts, and ends with 1 when there are any; files
without one are removed. Ends with 77 where Python no longer has these modules (3.13).
"""
import collections
import io
import json
import os
import struct
import sys
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
try:
    import aifc
    import sunau
    import wave
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

# Sizes from here on, and 0, mean "until the end of the file", which Python takes literally.
OPEN = 2_000_000_000
MODULES = {b"RIFF": wave, b"FORM": aifc, b".snd": sunau}


def with_outer_size(content):
    """The content with the size of the outermost chunk made right: it is nobody's business, and Python judges it."""
    order = {b"RIFF": "<I", b"FORM": ">I"}.get(content[:4])
    if order is None or len(content) < 8:
        return content
    return content[:4] + struct.pack(order, len(content) - 8) + content[8:]


def stated_frames(sound, width):
    """The frames that the chunk of samples states: aifc believes the count in another chunk, and takes no notice of an
    offset in this one."""
    chunk = getattr(sound, "_ssnd_chunk", None)
    if chunk is None:
        return sound.getnframes()
    chunk.seek(0)
    offset = struct.unpack(">L", chunk.read(4))[0]
    return (chunk.getsize() - 8) // width if offset == 0 else None


def read(content):
    """("whole", frames), ("short", stated, frames), or None where Python has no opinion."""
    module = MODULES.get(content[:4])
    if module is None:
        return None
    try:
        with module.open(io.BytesIO(with_outer_size(content)), "rb") as sound:
            width = sound.getsampwidth() * sound.getnchannels()
            if width == 0 or sound.getframerate() == 0 or sound.getcomptype() not in ("NONE", b"NONE"):
                return None
            stated = stated_frames(sound, width)
            # Frames are whole: the stated size may be up to a frame larger.
            if stated is None or stated == 0 or (stated + 1) * width > OPEN:
                return None
            sound.rewind()
            frames = len(sound.readframes(stated)) // width
    except (wave.Error, aifc.Error, sunau.Error, EOFError, MemoryError, OverflowError, RuntimeError, struct.error,
            TypeError, ValueError):
        # Python's modules raise whatever comes when a header is not what they expect.
        return None
    return ("whole", frames) if frames == stated else ("short", stated, frames)


def main():
    counts = collections.Counter()
    findings = 0
    for line in sys.stdin:
        verdict = json.loads(line)
        with open(verdict["file"], "rb") as file:
            python = read(file.read())
        if python is None:
            counts["Python has no opinion"] += 1
            os.unlink(verdict["file"])
            continue
        ours = verdict.get("frames")
        refusal = verdict.get("refusal", "")
        problem = None
        if python[0] == "whole" and ours is None and "cut short" in refusal:
            problem = f"refused, but Python reads all {python[1]} frames: {refusal}"
        elif python[0] == "whole" and ours is not None and ours != python[1]:
            problem = f"{ours} frames, Python reads {python[1]}"
        elif python[0] == "short" and ours is not None:
            problem = f"accepted with {ours} frames, Python reads {python[2]} of {python[1]}"
        counts["both read it" if ours is not None else "refused"] += 1
        if problem is None:
            os.unlink(verdict["file"])
        else:
            findings += 1
            print(f"{verdict['file']} ({verdict['format']}): {problem}")
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())), f"findings: {findings}", sep="; ")
    sys.exit(1 if findings else 0)


main()
