"""A data set of eight "words" in MSWC's layout, each a tone of its own in noise, for benches of some seconds."""

import csv
import math
import pathlib
import random
import wave

BASE = [("alpha", "en"), ("beta", "en"), ("gamma", "fr"), ("delta", "fr")]
NEW = [("uno", "es"), ("dos", "es"), ("jeden", "pl"), ("dwa", "pl")]
RATE = 8000


def clip(folder, word, language, name, pitch, noise):
    path = pathlib.Path(folder, language, "clips", word, name + ".wav")
    path.parent.mkdir(parents=True, exist_ok=True)
    phase, step = noise.random() * 6, 2 * math.pi * pitch / RATE
    samples = (int(9000 * math.sin(phase + step * i) + 2500 * noise.gauss(0, 1)) for i in range(RATE))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(max(-32768, min(32767, s)).to_bytes(2, "little", signed=True) for s in samples))
    return [f"{word}/{name}.wav", word, language]


def write(folder):
    noise = random.Random(1)

    def rows(words, first, names):
        return [clip(folder, word, language, name, 250 + 230 * (first + index), noise)
                for index, (word, language) in enumerate(words) for name in names]

    def listing(path, content):
        path = pathlib.Path(folder, path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([["PATH", "WORD", "LANG"]] + content)

    for split, count in (("train", 6), ("val", 1), ("test", 3)):
        listing(f"base_{split}.csv", rows(BASE, 0, [f"{split}_{i}" for i in range(count)]))
    for language in ("es", "pl"):
        words = [word for word in NEW if word[1] == language]
        listing(f"{language}/evaluation.csv", rows(words, 4 + NEW.index(words[0]), [str(i) for i in range(8)]))
