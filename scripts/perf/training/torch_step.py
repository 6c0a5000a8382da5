"""Training steps of M5, or of NeuroBench's spiking network, at full size in PyTorch; the last line is the median step
in milliseconds.

    python torch_step.py m5|radlif STEPS [THREADS] [BATCH]
"""
import statistics
import sys
import time

import torch

CLASSES, TIME, WARM_UP = 200, 201, 2


def m5(channels=256):
    def block(inputs, outputs, kernel, stride):
        return [torch.nn.Conv1d(inputs, outputs, kernel, stride), torch.nn.BatchNorm1d(outputs), torch.nn.ReLU(),
                torch.nn.Dropout(0.2), torch.nn.MaxPool1d(2)]
    return torch.nn.Sequential(
        *block(20, channels, 4, 2), *block(channels, channels, 3, 1), *block(channels, 2 * channels, 3, 1),
        *block(2 * channels, 2 * channels, 3, 1), torch.nn.AdaptiveAvgPool1d(1), torch.nn.Flatten(),
        torch.nn.Linear(2 * channels, CLASSES))


class Boxcar(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, upstream):
        x, = ctx.saved_tensors
        return upstream * ((x > -0.5) & (x <= 0.5))


class RadLIF(torch.nn.Module):
    """Bittar and Garner 2022, arXiv 2201.10191: one loop turn a time step, as NeuroBench runs it."""

    def __init__(self, inputs, width):
        super().__init__()
        self.w, self.v = torch.nn.Linear(inputs, width, bias=False), torch.nn.Linear(width, width, bias=False)
        self.norm = torch.nn.BatchNorm1d(width, momentum=0.05)
        self.alpha = torch.nn.Parameter(torch.empty(width).uniform_(0.819, 0.961))
        self.beta = torch.nn.Parameter(torch.empty(width).uniform_(0.967, 0.992))
        self.a, self.b = torch.nn.Parameter(torch.rand(width)), torch.nn.Parameter(2 * torch.rand(width))

    def forward(self, x):
        current = self.w(x)
        current = self.norm(current.flatten(0, 1)).view_as(current)
        alpha, beta = self.alpha.clamp(0.819, 0.961), self.beta.clamp(0.967, 0.992)
        u, w = torch.zeros_like(current[:, 0]), torch.zeros_like(current[:, 0])
        spikes, out = torch.zeros_like(u), []
        for step in range(current.shape[1]):
            w = beta * w + self.a * u + self.b * spikes
            u = alpha * (u - spikes) + (1 - alpha) * (current[:, step] + self.v(spikes) - w)
            spikes = Boxcar.apply(u - 1)
            out.append(spikes)
        return torch.stack(out, 1)


class Spiking(torch.nn.Module):
    def __init__(self, width=1024):
        super().__init__()
        self.layers = torch.nn.Sequential(RadLIF(20, width), RadLIF(width, width))
        self.readout = torch.nn.Linear(width, CLASSES, bias=False)

    def forward(self, x):
        return self.readout(self.layers(x)).sum(1)


def main():
    network, steps = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else 2)
    batch = int(sys.argv[4]) if len(sys.argv) > 4 else 128
    torch.manual_seed(0)
    net = {"m5": m5, "radlif": Spiking}[network]()
    x = torch.randn(batch, 20, TIME) if network == "m5" else torch.randn(batch, TIME, 20)
    if network == "radlif":
        x = (x > 1).float() - (x < -1).float()
    y = torch.randint(0, CLASSES, (batch,))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    times = []
    for _ in range(WARM_UP + steps):
        start = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        times.append((time.perf_counter() - start) * 1e3)
    print(statistics.median(times[WARM_UP:]))


if __name__ == "__main__":
    main()
