"""Writes one linear classifier of 3x2x4 images and 5 classes as ONNX files of many forms (Debian's python3-onnx): python3 make.py"""
import os
import numpy as np
import onnx
from onnx import TensorProto as T, helper as h, numpy_helper as n

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.RandomState(1)
W = rng.randint(-8, 9, (5, 24)).astype(np.float32) / 8
B = rng.randint(-8, 9, 5).astype(np.float32) / 8


def write(name, nodes, input_type=T.FLOAT, input_shape=("N", 3, 2, 4), outputs=(("y", T.FLOAT, ("N", 5)),), weights=(W, B), metadata=None, extra=()):
    graph = h.make_graph(
        nodes, "g", [h.make_tensor_value_info("x", input_type, input_shape)],
        [h.make_tensor_value_info(*output) for output in outputs],
        [n.from_array(weights[0], "w"), n.from_array(weights[1], "b"), *extra])
    model = h.make_model(graph, producer_name="certipure-tests", opset_imports=[h.make_opsetid("", 15)], ir_version=8)
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(model)
    return model


def gemm(source="f", target="y"):
    return [h.make_node("Gemm", [source, "w", "b"], [target], transB=1)]


flatten = [h.make_node("Flatten", ["x"], ["f"])]
save = lambda model, name: onnx.save(model, name + ".onnx")
save(write("plain", flatten + gemm(), metadata={"names": "{0: 'ant', 1: 'bee', 2: 'cat', 3: 'dog', 4: 'eel'}"}), "plain")
save(write("nhwc", [h.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]), h.make_node("Flatten", ["t"], ["f"])] + gemm(),
           input_shape=("N", 2, 4, 3)), "nhwc")
save(write("open-nhwc-batch1", [h.make_node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]), h.make_node("Flatten", ["t"], ["f"])] + gemm(),
           input_shape=(1, 2, 4, 3), outputs=(("y", T.FLOAT, (1, 5)),)), "nhwc-batch1")
save(write("half", flatten + gemm(), T.FLOAT16, outputs=(("y", T.FLOAT16, ("N", 5)),), weights=(W.astype(np.float16), B.astype(np.float16))), "half")
save(write("double", flatten + gemm(), T.DOUBLE, outputs=(("y", T.DOUBLE, ("N", 5)),), weights=(W.astype(np.float64), B.astype(np.float64))), "double")
save(write("bytes", [h.make_node("Cast", ["x"], ["c"], to=T.FLOAT), h.make_node("Div", ["c", "s"], ["d"]), h.make_node("Flatten", ["d"], ["f"])] + gemm(),
           T.UINT8, extra=[n.from_array(np.float32(255), "s")]), "bytes")
save(write("pooled", flatten + gemm(target="q") + [h.make_node("Reshape", ["q", "r"], ["y"])], outputs=(("y", T.FLOAT, ("N", 5, 1, 1)),),
           extra=[n.from_array(np.array([0, -1, 1, 1]), "r")]), "pooled")
save(write("features-first", flatten + gemm(), outputs=(("f", T.FLOAT, ("N", 24)), ("y", T.FLOAT, ("N", 5)))), "features-first")
save(write("two-heads", flatten + gemm() + gemm(target="z"), outputs=(("y", T.FLOAT, ("N", 5)), ("z", T.FLOAT, ("N", 5)))), "two-heads")
onnx.save_model(write("beside", flatten + gemm()), "beside.onnx", save_as_external_data=True, all_tensors_to_one_file=True, location="beside.data",
                size_threshold=0)
