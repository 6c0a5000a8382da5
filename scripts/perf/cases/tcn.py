"""The TCN of plugins/models/tcn.lua in PyTorch, with the names of its parameters."""
import torch


class Chomp(torch.nn.Module):
    def __init__(self, tail):
        super().__init__()
        self.tail = tail

    def forward(self, x):
        return x[:, :, :x.shape[2] - self.tail]


def layer(inputs, outputs, kernel, dilation, *more):
    tail = (kernel - 1) * dilation
    return torch.nn.Sequential(
        torch.nn.Conv1d(inputs, outputs, kernel, padding=tail, dilation=dilation, bias=False),
        torch.nn.BatchNorm1d(outputs), Chomp(tail), torch.nn.Dropout(0.1), *more)


class Block(torch.nn.Module):
    def __init__(self, inputs, outputs, kernel, dilation):
        super().__init__()
        self.temp_layer1 = layer(inputs, outputs, kernel, dilation, torch.nn.ReLU())
        self.temp_layer2 = layer(outputs, outputs, kernel, dilation)
        self.downsample = layer(inputs, outputs, 1, 1) if inputs != outputs else None

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        return torch.relu(self.temp_layer2(self.temp_layer1(x)) + shortcut)


class TCN(torch.nn.Module):
    def __init__(self, channels=256, kernel=9, layers=4, classes=200):
        super().__init__()
        blocks = [Block(channels if i else 20, channels, kernel, 1 << i) for i in range(layers)]
        self.embedder = torch.nn.Sequential(torch.nn.Sequential(*blocks))
        self.fc = torch.nn.Linear(channels, classes)

    def forward(self, x):
        return self.fc(self.embedder(x)[:, :, -1])


def load(given):
    """The network with our weights, and the input as (batch, channel, time)."""
    model = TCN()
    model.load_state_dict({name: given[name] for name in model.state_dict() if name in given}, strict=False)
    return model, given["x"].transpose(1, 2).contiguous()
