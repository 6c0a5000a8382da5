"""Reads event files of two runs of log_for_tensorboard.lua by TensorBoard's own reader.

check_tensorboard.py FOLDER…: each has one folder for each run, as `tensorboard --logdir` takes it.
"""

import logging
import sys

from tensorboard import context
from tensorboard.backend.event_processing import data_provider, event_accumulator, plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import backend_context


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def check_run(path, rate):
    sizes = {event_accumulator.SCALARS: 0, event_accumulator.HISTOGRAMS: 0, event_accumulator.IMAGES: 0}
    run = event_accumulator.EventAccumulator(path, size_guidance=sizes)
    run.Reload()
    losses = run.Scalars("loss, train")
    expect([event.step for event in losses] == list(range(1, 21)), "steps of the loss")
    expect(all(abs(event.value - rate / event.step) < 1e-6 for event in losses), "values of the loss")
    histograms = run.Histograms("layers/first")
    expect([event.step for event in histograms] == list(range(1, 21)), "steps of the histogram")
    for event in histograms:
        value = event.histogram_value
        expect((value.min, value.max, value.num) == (0, 59 * event.step, 60), f"histogram {event.step}")
        expect(value.bucket == [0.0] + [2.0] * 30, f"buckets {value.bucket}")
    pictures = [tag for tag in run.Tags()["images"] if tag == "falling"]
    for tag in pictures:
        image = run.Images(tag)[0]
        expect(image.encoded_image_string[:4] == b"\x89PNG" and image.width > 100 and image.height > 100, "image")
    return len(losses), len(histograms), len(pictures)


def check_hyperparameters(folder):
    multiplexer = plugin_event_multiplexer.EventMultiplexer().AddRunsFromDirectory(folder)
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, folder)
    page = backend_context.Context(
        base_plugin.TBContext(logdir=folder, multiplexer=multiplexer, data_provider=provider)
    )
    request = context.RequestContext()
    metadata = page.hparams_metadata(request, "")
    experiment = page.experiment_from_metadata(request, "", True, metadata, [])
    by_name = {info.name: info for info in experiment.hparam_infos}
    expect({"rate", "name", "fast", "seed"} <= set(by_name), f"hyperparameters {sorted(by_name)}")
    rates = by_name["rate"].domain_interval
    expect((rates.min_value, rates.max_value) == (0.25, 0.5), "the two rates")
    expect(any(info.name.tag == "loss, train" for info in experiment.metric_infos), "the loss as a metric")
    runs = [run for run, tags in metadata.items() if "_hparams_/session_end_info" in tags]
    expect(len(runs) == 2, f"runs {runs}")
    return runs


logging.disable(logging.WARNING)
for folder in sys.argv[1:]:
    for run, rate in zip(sorted(check_hyperparameters(folder)), [0.5, 0.25]):
        losses, histograms, pictures = check_run(f"{folder}/{run}", rate)
        print(f"{folder}/{run}: {losses} scalars, {histograms} histograms, {pictures} images, hyperparameters")
