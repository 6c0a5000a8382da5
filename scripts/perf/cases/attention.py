import torch

import peer

given = peer.given()
x = given.pop("x")
weights = {name: tensor.requires_grad_() for name, tensor in given.items()}
HEADS = 4


def split(part):
    return part.reshape(*part.shape[:2], HEADS, -1).transpose(1, 2)


def call():
    for tensor in weights.values():
        tensor.grad = None
    projected = torch.nn.functional.linear(x, weights["projection"], weights["projection_bias"])
    q, k, v = map(split, projected.chunk(3, dim=-1))
    attended = torch.nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
    y = x + torch.nn.functional.linear(attended, weights["output"], weights["output_bias"])
    y = torch.nn.functional.layer_norm(y, y.shape[-1:], weights["norm"], weights["norm_bias"])
    y.pow(4).mean().backward()
    return weights["projection"].grad


peer.run(call)
