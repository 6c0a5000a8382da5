#!/usr/bin/env python3
"""Makes the detection fixture, coco_map.json, with pycocotools itself: python3 detection.py OUTDIR [COUNT]

The stored file was made with pycocotools 2.0.11 and NumPy 2.4. Boxes are random, with a fixed seed for each case. Stored
from pycocotools are its 12 numbers and the average precision of each category. Rows of truths are x, y, width, height,
category, crowd, area; rows of detections are x, y, width, height, category, score. COUNT writes more random cases.
"""
import contextlib
import copy
import io
import json
import pathlib
import random
import sys

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval



def judged(images):
    """pycocotools' 12 numbers, and the average precision of each category that has truths that count."""
    categories = sorted({box[4] for image in images for box in image["truths"] + image["detections"]})
    shared = {
        "images": [{"id": image["id"]} for image in images],
        "categories": [{"id": category} for category in categories],
    }
    truths, found = [], []
    for image in images:
        for x, y, width, height, category, crowd, area in image["truths"]:
            truths.append({"id": len(truths) + 1, "image_id": image["id"], "category_id": category,
                           "bbox": [x, y, width, height], "iscrowd": crowd, "area": area})
        for x, y, width, height, category, score in image["detections"]:
            found.append({"image_id": image["id"], "category_id": category,
                          "bbox": [x, y, width, height], "score": score})
    with contextlib.redirect_stdout(io.StringIO()):
        real = COCO()
        real.dataset = copy.deepcopy(shared) | {"annotations": truths}
        real.createIndex()
        if found:
            results = real.loadRes(found)
        else:  # which loadRes does not take
            results = COCO()
            results.dataset = copy.deepcopy(shared) | {"annotations": []}
            results.createIndex()
        evaluation = COCOeval(real, results, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, :, 0, 2]  # (overlap, recall, category)
    by_category = {
        str(category): float(np.mean(precision[:, :, k]))
        for k, category in enumerate(categories) if precision[0, 0, k] > -1
    }
    return [float(value) for value in evaluation.stats], by_category


def image(draw, number, *, truths, extra, size, jitter, crowds=0.0, scores=None, decimals=0, categories=3, miss=0.2):
    """One image: truths, detections near most of them, and some that are near none."""
    def rounded(value):
        return round(value, decimals) if decimals else int(round(value))

    def box():
        width, height = rounded(draw.uniform(*size)), rounded(draw.uniform(*size))
        return [rounded(draw.uniform(0, 300)), rounded(draw.uniform(0, 300)), width, height]

    def score():
        return draw.choice(scores) if scores else round(draw.random(), 6)

    rows, found = [], []
    for _ in range(truths):
        corner = box()
        crowd = int(draw.random() < crowds)
        area = corner[2] * corner[3]
        kind = draw.random()
        if kind < 0.3:
            area = round(area * draw.uniform(0.4, 1), 2)
        elif kind < 0.4:
            area = draw.choice([1024, 9216])
        category = draw.randint(1, categories) * 7
        rows.append(corner + [category, crowd, area])
        for _ in range(draw.choice([1, 1, 2, 4]) if draw.random() >= miss else 0):
            moved = [rounded(value + draw.uniform(-jitter, jitter)) for value in corner]
            moved[2:] = [max(moved[2], 1), max(moved[3], 1)]
            wrong = draw.random() < 0.1
            found.append(moved + [draw.randint(1, categories) * 7 if wrong else category, score()])
    for _ in range(extra):
        found.append(box() + [draw.randint(1, categories + 1) * 7, score()])
    draw.shuffle(found)
    return {"id": number, "truths": rows, "detections": found}


def case(kind, seed):
    """The images of one kind of case."""
    draw = random.Random(seed)
    usual = dict(truths=4, extra=2, size=(10, 120), jitter=8)
    numbers = draw.sample(range(1, 1000), 12)  # in any order

    def images(count=8, **settings):
        return [image(draw, number, **(usual | settings)) for number in numbers[:count]]

    if kind == "plain":
        return images()
    if kind == "crowds":
        return images(crowds=0.4, truths=6)
    if kind == "ties":
        return images(scores=[0.2, 0.5, 0.8])
    if kind == "all the same score":
        return images(scores=[0.5], truths=6)
    if kind == "fractions":
        return images(decimals=2, crowds=0.1)
    if kind == "exact overlaps":  # small boxes on a grid: 5/10, 6/10, 15/20 … are met exactly
        return images(size=(8, 20), jitter=3, truths=8, scores=[0.3, 0.6, 0.9])
    if kind == "sizes":
        return images(size=(5, 220), jitter=20, truths=8, crowds=0.1)
    if kind == "empty images":
        chosen = images(9, crowds=0.1)
        for place, lists in enumerate([["truths"], ["detections"], ["truths", "detections"]]):
            for name in lists:
                chosen[place][name] = []
        return chosen
    if kind == "many detections":
        return images(2, truths=30, extra=150, categories=1, size=(10, 60), scores=[0.1, 0.4, 0.4, 0.9])
    if kind == "nothing found":
        chosen = images(3)
        for one in chosen:
            one["detections"] = []
        return chosen
    if kind == "nothing there":
        return images(3, truths=0)
    if kind == "only crowds":
        return images(3, crowds=1)
    if kind == "perfect":
        chosen = images(4)
        for one in chosen:
            one["detections"] = [row[:5] + [0.9] for row in one["truths"]]
        return chosen
    if kind == "flat boxes":
        chosen = images(4, truths=5)
        for one in chosen:
            for row in (one["truths"] + one["detections"])[::3]:
                row[2] = 0
        return chosen
    raise ValueError(kind)


kinds = [
    "plain", "crowds", "ties", "all the same score", "fractions", "exact overlaps", "sizes", "empty images",
    "many detections", "nothing found", "nothing there", "only crowds", "perfect", "flat boxes",
]


def main():
    target = pathlib.Path(sys.argv[1]) / "coco_map.json"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else len(kinds)
    lines = []
    for seed in range(count):
        kind = kinds[seed % len(kinds)]
        images = case(kind, seed)
        stats, by_category = judged(images)
        lines.append(json.dumps({
            "name": kind, "seed": seed, "images": images, "stats": stats, "categories": by_category,
        }, separators=(",", ":")))
    with open(target, "w") as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
