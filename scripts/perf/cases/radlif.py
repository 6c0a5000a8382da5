"""NeuroBench's spiking network in PyTorch, with the names of its parameters: one turn of a loop a time step.

Source: Bittar and Garner 2022, arXiv 2201.10191.
"""
import torch


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
    def __init__(self, inputs, width):
        super().__init__()
        self.W = torch.nn.Linear(inputs, width, bias=False)
        self.V = torch.nn.Linear(width, width, bias=False)
        self.norm = torch.nn.BatchNorm1d(width, momentum=0.05)
        self.alpha, self.beta, self.a, self.b = (torch.nn.Parameter(torch.empty(width)) for _ in range(4))

    def forward(self, x):
        current = self.W(x)
        current = self.norm(current.flatten(0, 1)).view_as(current)
        alpha, beta = self.alpha.clamp(0.819, 0.961), self.beta.clamp(0.967, 0.992)
        u, w = torch.zeros_like(current[:, 0]), torch.zeros_like(current[:, 0])
        spikes, out = torch.zeros_like(u), []
        for step in range(current.shape[1]):
            w = beta * w + self.a * u + self.b * spikes
            u = alpha * (u - spikes) + (1 - alpha) * (current[:, step] + self.V(spikes) - w)
            spikes = Boxcar.apply(u - 1)
            out.append(spikes)
        return torch.stack(out, 1)


class Readout(torch.nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.W = torch.nn.Linear(width, classes, bias=False)

    def forward(self, spikes):
        return self.W(spikes.sum(1))


def load(given, width=1024, classes=200):
    """The network with our weights, and its input."""
    model = torch.nn.Module()
    model.snn = torch.nn.Sequential(RadLIF(20, width), RadLIF(width, width), Readout(width, classes))
    model.load_state_dict({name: given[name] for name in model.state_dict() if name in given}, strict=False)
    return model.snn, given["x"]
