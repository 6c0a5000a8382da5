import torch

import peer

peer.recurrent(torch.nn.GRU)
