import torch

import peer
import radlif

model, x = radlif.load(peer.given())
model.eval()


@torch.no_grad()
def call():
    return model(x)


peer.run(call)
