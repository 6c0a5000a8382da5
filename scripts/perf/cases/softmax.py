import torch

import peer

x = peer.given()["x"]
peer.run(lambda: x.softmax(1))
