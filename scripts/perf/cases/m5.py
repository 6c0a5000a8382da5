"""NeuroBench's M5 in PyTorch, with the names of its parameters."""
import collections

import torch


def m5(channels=256, inputs=20, classes=200):
    layers = collections.OrderedDict()
    widths = [inputs, channels, channels, 2 * channels, 2 * channels]
    for i in range(1, 5):
        kernel, stride = (4, 2) if i == 1 else (3, 1)
        layers[f"conv{i}"] = torch.nn.Conv1d(widths[i - 1], widths[i], kernel, stride)
        layers[f"bn{i}"] = torch.nn.BatchNorm1d(widths[i])
        layers[f"act{i}"] = torch.nn.ReLU()
        layers[f"drop{i}"] = torch.nn.Dropout(0.2)
        layers[f"pool{i}"] = torch.nn.MaxPool1d(2)
    layers["average"] = torch.nn.AdaptiveAvgPool1d(1)
    layers["flatten"] = torch.nn.Flatten()
    layers["output"] = torch.nn.Linear(2 * channels, classes)
    return torch.nn.Sequential(layers)


def load(given):
    """The network with our weights, and the input as (batch, channel, time)."""
    model = m5()
    names = model.state_dict().keys()
    model.load_state_dict({name: given[name] for name in names if name in given}, strict=False)
    return model, given["x"].transpose(1, 2).contiguous()
