"""Training steps of M5 at full size in PyTorch; the last line is the median step in milliseconds.

    python torch_step.py STEPS [THREADS]
"""
import statistics
import sys
import time

import torch

CHANNELS, CLASSES, BATCH = 256, 200, 128
WARM_UP = 2


def block(inputs, outputs, kernel, stride):
    return [torch.nn.Conv1d(inputs, outputs, kernel, stride), torch.nn.BatchNorm1d(outputs), torch.nn.ReLU(),
            torch.nn.Dropout(0.2), torch.nn.MaxPool1d(2)]


def main():
    steps = int(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        *block(20, CHANNELS, 4, 2), *block(CHANNELS, CHANNELS, 3, 1), *block(CHANNELS, 2 * CHANNELS, 3, 1),
        *block(2 * CHANNELS, 2 * CHANNELS, 3, 1), torch.nn.AdaptiveAvgPool1d(1), torch.nn.Flatten(),
        torch.nn.Linear(2 * CHANNELS, CLASSES))
    x, y = torch.randn(BATCH, 20, 201), torch.randint(0, CLASSES, (BATCH,))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    times = []
    for _ in range(WARM_UP + steps):
        start = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        times.append((time.perf_counter() - start) * 1e3)
    print(statistics.median(times[WARM_UP:]))


if __name__ == "__main__":
    main()
