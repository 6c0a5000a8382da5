"""Looks at reports in a headless Chromium.

report_test.py NIGHTJAR [SCREENSHOTS]: runs a small bench twice, and looks at the report of one and of both.
"""

import pathlib
import sys
import tempfile

import checks
import tone_words
from live_view_test import View
from webdriver import Browser

# What a report of a bench has, by the ids of its sections.
SECTIONS = [
    "summary", "accuracy", "sessions", "comparison", "languages", "confusion", "embedding", "metrics", "training",
    "settings", "time", "sources",
]


def main(program, shots=None):
    problems = []
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        view = View(program, folder)
        tone_words.write(folder + "/data")
        small = ["--data", "data", "--repeats", "3", "--set", "recipe.epochs=2", "--set", "model.channels=4"]
        for seed in ("1", "2"):
            view.nightjar("bench", *small, "--no-check", "--seed", seed, "--out", "runs/seed-" + seed)
        view.nightjar("report", "seed-1", "--out", "one.html")
        view.nightjar("report", "seed-1", "seed-2", "--out", "two.html")
        for name in ("one", "two"):
            browser.open(pathlib.Path(folder, name + ".html").as_uri())
            problems += checks.page(browser, "report-" + name, shots)
            present = browser.run("return [...document.querySelectorAll('section')].map((section) => section.id)")
            problems += [f"report-{name} has no {section}" for section in SECTIONS if section not in present]
            # Values on hover, without a script.
            texts = browser.run("return [...document.querySelectorAll('svg title')].map((title) => title.textContent)")
            for part in ("prototypical, session 0: ", "predicted as", "(es), new words", "en, "):
                if not any(part in text for text in texts):
                    problems.append(f"report-{name} has no value '{part}…' on hover")
            requests = browser.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
            problems += [f"report-{name} asks for {address}" for address in requests]
            if browser.run("return document.scripts.length"):
                problems.append(f"report-{name} has a script")
        if "NeuroBench's M5, published" not in browser.text("#metrics"):
            problems.append("the published figures are missing")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
