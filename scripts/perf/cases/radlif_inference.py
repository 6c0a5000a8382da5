import torch

import peer
import radlif

model, x = radlif.load(peer.given())
model.eval()


@torch.no_grad()
def infer(steps):
    return model(x[:, :steps])


peer.run(lambda: infer(x.shape[1]), check=lambda: infer(12))
