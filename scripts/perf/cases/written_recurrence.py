import torch

import peer

given = peer.given()
x, weight = (given[name].requires_grad_() for name in ("x", "weight"))


def call():
    x.grad = weight.grad = None
    h = torch.zeros(x.shape[0], x.shape[2])
    for step in range(x.shape[1]):
        h = (x[:, step] + h @ weight).tanh()
    h.square().mean().backward()
    return weight.grad


peer.run(call)
