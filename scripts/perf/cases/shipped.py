"""Networks of plugins/models in PyTorch, with the names of their parameters; inputs are (batch, channel, time)."""
import torch
from torch import nn

INPUTS, CLASSES = 20, 200


class Mean(nn.Module):
    def forward(self, x):
        return x.mean(-1)


def convolution(inputs, outputs, kernel, **options):
    return [nn.Conv1d(inputs, outputs, kernel, bias=False, **options), nn.BatchNorm1d(outputs), nn.ReLU()]


def ds_cnn(channels=128, layers=4, kernel=9):
    found = convolution(INPUTS, channels, 10, stride=2)
    for _ in range(layers):
        found += convolution(channels, channels, kernel, padding=kernel // 2, groups=channels)
        found += convolution(channels, channels, 1)
    return nn.Sequential(*found, Mean(), nn.Linear(channels, CLASSES))


class Residual(nn.Module):
    def __init__(self, body, shortcut=None):
        super().__init__()
        self.body, self.shortcut = body, shortcut or nn.Identity()

    def forward(self, x):
        return self.body(x) + self.shortcut(x)


def resnet1d(widths=(32, 48, 64, 96), kernel=9):
    found = [nn.Conv1d(INPUTS, widths[0], 3, padding=1, bias=False)]
    for inputs, outputs in zip(widths, widths[1:]):
        body = convolution(inputs, outputs, kernel, stride=2, padding=kernel // 2)
        body += convolution(outputs, outputs, kernel, padding=kernel // 2)[:2]
        found += [Residual(nn.Sequential(*body), nn.Sequential(*convolution(inputs, outputs, 1, stride=2))), nn.ReLU()]
    return nn.Sequential(*found, Mean(), nn.Dropout(0.1), nn.Linear(widths[-1], CLASSES))


class GRU(nn.Module):
    def __init__(self, front=64, width=128):
        super().__init__()
        self.conv = nn.Conv1d(INPUTS, front, 5, stride=2, padding=2, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm1d(front), nn.BatchNorm1d(width)
        self.gru = nn.GRU(front, width, batch_first=True)
        self.drop, self.output = nn.Dropout(0.1), nn.Linear(width, CLASSES)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv(x)))
        x = self.gru(x.transpose(1, 2))[0].transpose(1, 2)
        return self.output(self.drop(torch.relu(self.bn2(x)).mean(-1)))


class Diagonal(nn.Module):
    """A convolution by the Fourier transform, as in the authors' S4D."""

    def __init__(self, channels, states):
        super().__init__()
        for name in "log_decay", "frequency", "c_real", "c_imag":
            setattr(self, name, nn.Parameter(torch.zeros(channels, states)))
        self.log_dt = nn.Parameter(torch.zeros(channels, 1))
        self.d = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        time = x.shape[-1]
        dt = self.log_dt.exp()
        a = (torch.complex(-self.log_decay.exp(), self.frequency) * dt).unsqueeze(-1)
        c = torch.complex(self.c_real, self.c_imag).unsqueeze(-1)
        kernel = 2 * (c * torch.exp(a * torch.arange(time))).sum(1).real * dt
        size = 2 * time
        y = torch.fft.irfft(torch.fft.rfft(x, n=size) * torch.fft.rfft(kernel, n=size), n=size)[..., :time]
        return y + x * self.d[:, None]


class Pointwise(nn.Linear):
    def forward(self, x):
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


def ssm(channels=96, states=16, layers=3, stride=4):
    found = {"stem": nn.Conv1d(INPUTS, channels, stride, stride=stride), "1": nn.BatchNorm1d(channels)}
    for _ in range(layers):
        body = nn.Sequential(
            Diagonal(channels, states), nn.GELU(), Pointwise(channels, channels), nn.Dropout(0.1))
        found[str(len(found))] = Residual(body)
        found[str(len(found))] = nn.BatchNorm1d(channels)
    found[str(len(found))] = Mean()
    found[str(len(found))] = nn.Linear(channels, CLASSES)
    model = nn.Sequential()
    for name, layer in found.items():
        model.add_module(name, layer)
    return model


def load(model):
    """A function that gives the network our weights, and the input as (batch, channel, time)."""
    def loaded(given):
        model.load_state_dict({name: given[name] for name in model.state_dict() if name in given}, strict=False)
        return model, given["x"].transpose(1, 2).contiguous()
    return loaded
