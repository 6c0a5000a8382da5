import torch

import peer

x = peer.given()["x"]
peer.run(lambda: (x * 2 + 1).tanh() * x - x.sigmoid())
