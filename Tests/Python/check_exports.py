"""Compares exported models with what the readers that others use make of them.

check_exports.py FOLDER: for NAME.onnx, onnx.checker and onnxruntime; for NAME.nir, nir.read and Euler's method over the
graph it gives. NAME.npz has the input, the output that is expected, and the state.
"""

import pathlib
import sys

import h5py
import nir
import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-4


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def close(got, wanted):
    expect(got.shape == wanted.shape, f"shape {got.shape}, expected {wanted.shape}")
    difference = float(np.max(np.abs(got - wanted), initial=0))
    expect(difference <= TOLERANCE, f"differs by {difference:.2g}")
    expect(wanted.std() > 0, "the output is the same everywhere, which compares nothing")
    return difference


def check_onnx(path, record):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    expect(model.producer_name == "nightjar", "producer")
    expect([(o.domain, o.version) for o in model.opset_import] == [("", 17)], "opset")
    for tensor in model.graph.initializer:
        key = "state/" + tensor.name
        expect(key in record, f"initializer {tensor.name} is no part of the state")
        expect(np.array_equal(onnx.numpy_helper.to_array(tensor), record[key]), f"initializer {tensor.name}")
    ops = [node.op_type for node in model.graph.node]
    by_output = {o: n for n in model.graph.node for o in n.output}
    for node in model.graph.node:
        source = by_output.get(node.input[0]) if node.op_type == "Transpose" else None
        expect(source is None or source.op_type != "Transpose", "two transposes follow each other")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    x = record["input"]
    if x.dtype == np.int32:  # scripts count from 1
        x = x.astype(np.int64) - 1
    worst = close(session.run(["output"], {"input": x})[0], record["output"])
    time = model.graph.input[0].type.tensor_type.shape.dim[1]
    if time.dim_param == "time":
        short = record["short"]
        short = short.astype(np.int64) - 1 if short.dtype == np.int32 else short
        close(session.run(["output"], {"input": short})[0], record["short_output"])
    # The number of samples is open.
    one = session.run(["output"], {"input": x[:1]})[0]
    expect(np.allclose(one, record["output"][:1], rtol=0, atol=TOLERANCE), "one sample by itself")
    return f"{len(ops)} nodes, differs by {worst:.1g}"


def euler(graph, x, dt):
    """What a graph gives for one sample (time, channels): its neurons step by step, an edge back one step late."""
    sources = {name: [a for a, b in graph.edges if b == name] for name in graph.nodes}
    order, state = [], {}
    back = {(a, b) for a, b in graph.edges if a.endswith(".reset")}
    while len(order) < len(graph.nodes):
        for name in graph.nodes:
            if name not in order and all(s in order or (s, name) in back for s in sources[name]):
                order.append(name)
    given, outputs = {}, []
    for step in x:
        now = {}
        for name in order:
            node = graph.nodes[name]
            if isinstance(node, nir.Input):
                now[name] = step
                continue
            fed = sum((given.get(s, 0) if (s, name) in back else now[s]) for s in sources[name])
            v = state.get(name, 0)
            if isinstance(node, (nir.Linear, nir.Affine)):
                now[name] = node.weight @ fed + getattr(node, "bias", 0)
            elif isinstance(node, (nir.LI, nir.LIF)):
                v = v + dt / node.tau * (node.v_leak - v + node.r * fed)
                now[name] = v
            elif isinstance(node, (nir.I, nir.IF)):
                v = v + dt * node.r * fed
                now[name] = v
            elif isinstance(node, nir.Threshold):
                now[name] = (fed > node.threshold).astype(np.float32)
            elif isinstance(node, nir.Scale):
                now[name] = node.scale * fed
            else:
                now[name] = fed
            if isinstance(node, (nir.LIF, nir.IF)):
                fired = v > node.v_threshold
                now[name] = fired.astype(np.float32)
                v = np.where(fired, node.v_reset, v)
            state[name] = v
        given = now
        outputs.append(now["output"])
    return np.stack(outputs)


def whole(graph, clip):
    """What a graph without neurons gives for one clip (channels, time)."""
    value, name = clip, "input"
    while name != "output":
        (name,) = [b for a, b in graph.edges if a == name]
        node = graph.nodes[name]
        if isinstance(node, nir.Conv1d):
            padded = np.pad(value, ((0, 0), (int(node.padding),) * 2))
            out, _, kernel = node.weight.shape
            dilation, stride = int(node.dilation), int(node.stride)
            count = (padded.shape[1] - dilation * (kernel - 1) - 1) // stride + 1
            value = np.stack(
                [
                    np.tensordot(node.weight, padded[:, t * stride :: dilation][:, :kernel], 2) + node.bias
                    for t in range(count)
                ],
                1,
            )
        elif isinstance(node, nir.Flatten):
            value = value.reshape(-1)
        elif isinstance(node, nir.Affine):
            value = node.weight @ value + node.bias
    return value


def check_nir(path, record):
    graph = nir.read(path)  # with its types checked
    expect(nir.serialization.read_version(path).startswith("1."), "version")
    expect(graph.metadata["producer"] == "nightjar", "producer")
    state = {key[6:]: value for key, value in record.items() if key.startswith("state/")}
    compared = 0
    for name, node in graph.nodes.items():
        for field in ("weight", "bias"):
            wanted, got = state.get(f"{name}.{field}"), getattr(node, field, None)
            # After a Flatten the columns are in another order; the outputs are compared all the same.
            if wanted is not None and got is not None and name != "4":
                expect(np.array_equal(got, wanted), f"{name}.{field}")
                compared += 1
    expect(compared > 0, "no weights were compared")
    x, dt = record["input"], float(graph.metadata["dt"])
    with h5py.File(path) as file:
        expect(file["node/type"][()] == b"NIRGraph", "type")
    if any(isinstance(node, nir.Conv1d) for node in graph.nodes.values()):
        got = np.stack([whole(graph, sample.T) for sample in x])
    else:
        got = np.stack([euler(graph, sample, dt) for sample in x])
    worst = close(got.astype(np.float32), record["output"])
    return f"{len(graph.nodes)} nodes, {compared} weights, differs by {worst:.1g}"


def main():
    folder = pathlib.Path(sys.argv[1])
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".onnx", ".nir"))
    failed = 0
    for path in paths:
        record = dict(np.load(path.with_suffix(".npz")))
        try:
            check = check_onnx if path.suffix == ".onnx" else check_nir
            print(f"ok      {path.name}: {check(str(path), record)}")
        except Exception as error:  # every file is looked at
            failed += 1
            print(f"FAILED  {path.name}: {type(error).__name__}: {error}")
    print(f"{len(paths) - failed} of {len(paths)} exported models are what others read")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
