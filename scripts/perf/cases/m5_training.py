import torch

import m5
import peer

given = peer.given()
model, x = m5.load(given)
y = given["y"].long() - 1
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
model.eval()
with torch.no_grad():
    before = torch.nn.functional.cross_entropy(model(x), y).item()
model.train()


def call():
    loss = torch.nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return before


peer.run(call)
