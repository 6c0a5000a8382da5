import torch

import m5
import peer

model, x = m5.load(peer.given())
model.eval()


@torch.no_grad()
def call():
    return model(x)


peer.run(call, 20)
