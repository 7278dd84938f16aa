import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  GraphProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
} from "onnx-buf";
import { ConfigError, type Encoder } from "tessera";
import { onnx } from "../../../../plugins/encoders/onnx/mod.ts";
import {
  type OnnxGraph,
  onnxGraph,
  type Port,
} from "../../../../plugins/encoders/network/onnx_graph.ts";
import { closeTo } from "../../../conformance/close_to.ts";
import { picture, testEncoder } from "../../../conformance/encoder.ts";
import {
  changed,
  flatten,
  patches,
  pixels,
  smallModel,
  waves,
  withModel,
} from "./_models.ts";

const images = [picture(30, 20, 1), picture(20, 30, 2)];
const fixed: Port = { name: "pixels", dims: [1, 3, 8, 12] };

function layouts({ hooks }: Encoder): Record<string, unknown> {
  return Object.fromEntries(hooks.map(({ name, width, layout }) => [
    name,
    `${layout.specials}+${layout.grid.join("x")} of ${width}`,
  ]));
}

/** The model of a graph that `build` makes; the last of `outputs` is its output. */
function model(
  build: (graph: OnnxGraph) => void,
  ...outputs: string[]
): Uint8Array {
  const graph = onnxGraph();
  build(graph);
  const all = outputs.map((name) => ({ name, dims: ["images"] }));
  return changed(graph.model([pixels], all), ({ graph }) => {
    graph!.output = graph!.output.slice(-1);
  });
}

/** Goes on from every hook to `output`, and compares with the whole model. */
async function checkPauses(encoder: Encoder, output: string): Promise<void> {
  const whole = await encoder.encode(images, [output]);
  for (const { name } of encoder.hooks) {
    if (name === output) continue;
    const paused = await encoder.pause!(images, [name]);
    deepEqual(await paused.resume(undefined, [output]), whole, name);
  }
}

Deno.test("onnx() has hooks for tokens, maps and classes, named as in the file", () =>
  withModel(smallModel(), (encoder) => {
    deepEqual(layouts(encoder), {
      map: "0+2x3 of 5",
      tokens: "0+2x3 of 5",
      more: "0+2x3 of 5",
      mean: "1+0x0 of 5",
      logits: "1+0x0 of 3",
    });
    equal(encoder.defaultHook, "more");
    deepEqual(encoder.predictions, [{
      hook: "logits",
      kind: "logits",
      meaning: '"logits" of model.onnx',
    }]);
  }));

Deno.test("onnx() gives a map as tokens, row by row, and takes it back", () =>
  withModel(smallModel(), async (encoder) => {
    const { map, tokens } = await encoder.encode(images, ["map", "tokens"]);
    deepEqual(map, tokens);
    await checkPauses(encoder, "logits");
  }));

Deno.test("onnx() computes the same for several pictures as for one, if the file takes one", async () => {
  const hooks = ["map", "logits"];
  await withModel(smallModel(), async (any) => {
    const expected = await any.encode(images, hooks);
    await withModel(smallModel(fixed), async (one) => {
      const seen = await one.encode(images, hooks);
      for (const hook of hooks) {
        const { data, shape } = expected[hook]!;
        deepEqual(seen[hook]!.shape, shape);
        closeTo(seen[hook]!.data, data, 1e-6, hook);
      }
      const paused = await one.pause!(images, ["map"]);
      deepEqual(await paused.resume(), { logits: seen.logits });
    }, { size: undefined });
  });
});

Deno.test("onnx() gives one picture at a time to a file that falsely says it takes several", () => {
  const recorded = model((graph) => {
    const map = patches(graph, 5, "map");
    const flat = graph.node("Reshape", [map, graph.integers([1, 5, 6])]);
    graph.node("Mul", [flat, waves(graph, 1, 5, 6)], { output: "flat" });
    graph.node("Reshape", ["flat", graph.integers([1, 5, 2, 3])], {
      output: "out",
    });
  }, "out");
  return withModel(recorded, async (encoder) => {
    const both = await encoder.encode(images, ["out"]);
    const second = await encoder.encode([images[1]!], ["out"]);
    deepEqual(both.out!.shape, [2, 6, 5]);
    deepEqual(both.out!.data.slice(30), second.out!.data);
  });
});

/** Attention with two heads over 16 tokens, and values of other shapes. */
function attention(): Uint8Array {
  return model(
    (graph) => {
      const perm = (...perm: number[]) => ({ attributes: { perm } });
      const map = patches(graph, 6, "map");
      const last = { ...perm(0, 2, 3, 1), output: "channels-last" };
      graph.node("Transpose", [map], last);
      const tokens = flatten(graph, map, 6, "tokens");
      const heads = graph.integers([0, 16, 2, 3]);
      const q = graph.node("Transpose", [
        graph.node("Reshape", [tokens, heads], { output: "heads" }),
      ], { ...perm(0, 2, 1, 3), output: "q" });
      const k = graph.node("Transpose", [q], perm(0, 1, 3, 2));
      const raw = graph.node("MatMul", [q, k], { output: "raw" });
      const scores = graph.node("Mul", [raw, graph.floats([0.5])], {
        output: "scores",
      });
      const probs = graph.node("Softmax", [scores], { output: "probs" });
      const z = graph.node("MatMul", [probs, q], { output: "z" });
      const joined = graph.node("Reshape", [
        graph.node("Transpose", [z], perm(0, 2, 1, 3)),
        graph.integers([0, 16, 6]),
      ], { output: "joined" });
      const shape = graph.node("Shape", [joined]);
      const zeros = graph.node("ConstantOfShape", [shape], { output: "zeros" });
      graph.node("Sub", [zeros, joined], { output: "out" });
    },
    "channels-last",
    "out",
  );
}

Deno.test("onnx() leaves out colours-last maps, heads of attention and what does not depend on the pictures", () =>
  withModel(attention(), async (encoder) => {
    const names = encoder.hooks.map(({ name }) => name);
    deepEqual(names, ["map", "tokens", "joined", "out"]);
    await checkPauses(encoder, "out");
  }, { size: 16 }));

/** The absolute value of `bent`, or its negative: the branches of an If read it from outside. */
function branching(): Uint8Array {
  const whole = model(
    (graph) => {
      const tokens = flatten(graph, patches(graph, 5, "map"), 5, "tokens");
      const bent = graph.node("Tanh", [tokens], { output: "bent" });
      const where = graph.node("Greater", [
        graph.floats([1]),
        graph.floats([0]),
      ]);
      graph.node("Squeeze", [where], { output: "yes" });
      graph.node("Mul", [bent, "yes:then"], { output: "out" });
    },
    "yes",
    "out",
  );
  return changed(whole, ({ graph }) => {
    const branch = (op: string) =>
      create(GraphProtoSchema, {
        name: op,
        node: [
          create(NodeProtoSchema, {
            opType: op,
            input: ["bent"],
            output: [`inner-${op}`],
          }),
        ],
        output: [{
          name: `inner-${op}`,
          type: {
            value: {
              case: "tensorType",
              value: { elemType: TensorProto_DataType.FLOAT },
            },
          },
        }],
      });
    const type = AttributeProto_AttributeType.GRAPH;
    const choose = create(NodeProtoSchema, {
      opType: "If",
      name: "choose",
      input: ["yes"],
      output: ["yes:then"],
      attribute: [
        { name: "then_branch", type, g: branch("Abs") },
        { name: "else_branch", type, g: branch("Neg") },
      ],
    });
    const last = graph!.node.findIndex(({ output }) => output[0] === "out");
    graph!.node.splice(last, 0, choose);
  });
}

Deno.test("onnx() cuts at a value that only a branch reads", () =>
  withModel(branching(), async (encoder) => {
    ok("bent" in layouts(encoder));
    await checkPauses(encoder, "out");
    // Both the product and the branch get the given value.
    const { out, bent } = await encoder.encode(images, ["out", "bent"]);
    const paused = await encoder.pause!(images, ["bent"]);
    const twice = { ...bent!, data: bent!.data.map((value) => 2 * value) };
    const edited = await paused.resume({ bent: twice }, ["out"]);
    deepEqual(edited.out!.data, out!.data.map((value) => 4 * value));
  }));

/** `map` in two halves, the second as tokens, and their sum. */
function split(): Uint8Array {
  const whole = model((graph) => {
    const map = patches(graph, 6, "map");
    const [a, b] = ["left", "right"];
    graph.node("Split", [map], {
      attributes: { axis: 1, num_outputs: 2 },
      output: a,
    });
    graph.node("Abs", [a], { output: "positive" });
    graph.node("Add", ["positive", b], { output: "sum" });
  }, "sum");
  return changed(whole, ({ graph }) => {
    graph!.node.find(({ opType }) => opType === "Split")!.output.push("right");
  });
}

Deno.test("onnx() cuts at one of the results of an operation", async () => {
  await withModel(split(), async (encoder) => {
    deepEqual(Object.keys(layouts(encoder)), [
      "map",
      "left",
      "right",
      "positive",
      "sum",
    ]);
    await checkPauses(encoder, "sum");
    const { sum, left } = await encoder.encode(images, ["sum", "left"]);
    const paused = await encoder.pause!(images, ["left"]);
    const none = { ...left!, data: left!.data.map(() => 0) };
    const { sum: right } = await paused.resume({ left: none }, ["sum"]);
    const expected = await encoder.encode(images, ["right"]);
    deepEqual(right, expected.right);
    ok(sum!.data.some((value, i) => value !== right!.data[i]));
  });
});

/** A depth for each of 16 × 16 pixels; `tokens`, from the same map, have the same shape. */
function depthModel(): Uint8Array {
  return model(
    (graph) => {
      const map = patches(graph, 16, "map");
      const large = graph.node("Resize", [map, "", graph.floats([1, 1, 4, 4])]);
      const one = graph.node("Conv", [large, waves(graph, 1, 16, 1, 1)]);
      graph.node("Squeeze", [one, graph.integers([1])], { output: "squeezed" });
      graph.node("Relu", ["squeezed"], { output: "depth" });
      flatten(graph, map, 16, "tokens");
      graph.node("Add", ["tokens", "depth"], { output: "out" });
    },
    "depth",
    "out",
  );
}

Deno.test("onnx() tells a map as large as the picture from tokens of the same shape", async () => {
  const options = { size: 16, predictions: ["depth", "tokens"] };
  await withModel(depthModel(), async (encoder) => {
    const { squeezed, depth, tokens } = layouts(encoder);
    deepEqual([squeezed, depth, tokens], [
      "0+16x16 of 1",
      "0+16x16 of 1",
      "0+4x4 of 16",
    ]);
    deepEqual(encoder.predictions!.map(({ hook, kind }) => [hook, kind]), [
      ["depth", "depth"],
      ["tokens", "features"],
    ]);
    const { depth: whole } = await encoder.encode(images, ["depth"]);
    for (const name of ["map", "squeezed"]) {
      const paused = await encoder.pause!(images, [name]);
      deepEqual(await paused.resume(undefined, ["depth"]), { depth: whole });
    }
  }, options);
});

Deno.test("onnx() says that depth is inverse when told so, and of nothing else", async () => {
  const options = { size: 16, predictions: ["depth", "tokens"] };
  for (const inverse of [undefined, false, true]) {
    await withModel(depthModel(), ({ predictions }) => {
      const [depth, features] = predictions!;
      equal("inverse" in features!, false);
      equal(depth!.inverse ?? false, inverse ?? false);
      equal(/, inverse/.test(depth!.meaning), inverse ?? false);
    }, { ...options, inverse });
  }
});

/** Pictures and tokens in 16 bits, and one of the tokens as another map. */
function narrow(): Uint8Array {
  const { FLOAT, FLOAT16 } = TensorProto_DataType;
  const whole = model((graph) => {
    const wide = graph.node("Cast", ["pixels"], { attributes: { to: FLOAT } });
    const map = graph.node("Conv", [wide, waves(graph, 5, 3, 4, 4)], {
      attributes: { strides: [4, 4] },
    });
    graph.node("Cast", [map], { attributes: { to: FLOAT16 }, output: "map" });
    flatten(graph, "map", 5, "tokens");
    graph.node("Add", ["tokens", "tokens"], { output: "out" });
  }, "out");
  return changed(whole, ({ graph }) => {
    for (const { type } of [...graph!.input, ...graph!.output]) {
      if (type?.value.case !== "tensorType") continue;
      type.value.value.elemType = FLOAT16;
    }
  });
}

Deno.test("onnx() gives 16-bit numbers as float32", () =>
  withModel(narrow(), async (encoder) => {
    const { map, tokens, out } = await encoder.encode(images, [
      "map",
      "tokens",
      "out",
    ]);
    deepEqual(map, tokens);
    deepEqual(out!.data, tokens!.data.map((value) => 2 * value));
    const { data } = tokens!;
    ok(data.every((value) => Math.f16round(value) === value));
    await checkPauses(encoder, "out");
  }));

Deno.test("onnx() takes as many specials as it is told", async () => {
  const twoMore = model((graph) => {
    const tokens = flatten(graph, patches(graph, 5, "map"), 5, "tokens");
    const two = graph.node("Slice", [
      tokens,
      graph.integers([0]),
      graph.integers([2]),
      graph.integers([1]),
    ]);
    graph.node("Concat", [two, tokens], {
      attributes: { axis: 1 },
      output: "more",
    });
  }, "more");
  await withModel(twoMore, (encoder) => {
    equal(layouts(encoder).more, "2+2x3 of 5");
  });
  await withModel(twoMore, (encoder) => {
    // They have no special or one, never two.
    deepEqual(Object.keys(layouts(encoder)), ["map", "tokens"]);
  }, { specials: 1, predictions: [] });
});

Deno.test("onnx() predicts what it is told to", async () => {
  await withModel(smallModel(), (encoder) => {
    deepEqual(encoder.predictions!.map(({ hook, kind }) => [hook, kind]), [
      ["more", "features"],
      ["mean", "logits"],
    ]);
  }, { predictions: ["mean", "more"] });
  await rejects(
    withModel(smallModel(), () => {}, { predictions: ["men"] }),
    (error) => error instanceof ConfigError && /"mean"/.test(error.message),
  );
});

testEncoder("onnx() of a model without tokens", async () => {
  const folder = await Deno.makeTempDir();
  const graph = onnxGraph();
  patches(graph, 4, "map");
  graph.node("GlobalAveragePool", ["map"], { output: "pool" });
  const path = `${folder}/model.onnx`;
  const output = { name: "pool", dims: ["images", 4, 1, 1] };
  await Deno.writeFile(path, graph.model([pixels], [output]));
  const encoder = await onnx(
    { model: path, size: 12, threads: 1 },
    { base: new URL("file:///") },
  );
  return {
    ...encoder,
    async close() {
      await encoder.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
});
