import torch

import peer
import radlif

given = peer.given()
model, x = radlif.load(given)
y = given["y"].long() - 1
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)


def call():
    loss = torch.nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def check():
    return torch.nn.functional.cross_entropy(model(x[:, :12]), y).item()


peer.run(call, check=check)
