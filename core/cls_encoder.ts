/**
 * An encoder of which only the CLS token is seen.
 *
 * @module
 */
import type { RgbImage } from "./dataset.ts";
import type { Encoder, Hook, Paused } from "./encoder.ts";
import { ConfigError } from "./errors.ts";
import type { HostTensor, HostTensors } from "./tensor.ts";

/**
 * The same encoder with one token a picture, CLS: the first of a hook's special
 * tokens. It lies over the whole picture, on a grid of 1 × 1. Hooks without
 * special tokens are left out, but for those of predictions, which stay as they
 * are. An edit of a paused model changes CLS alone.
 *
 * @throws {ConfigError} When no hook has a CLS token.
 */
export function clsEncoder(encoder: Encoder): Encoder {
  const whole = new Map(encoder.hooks.map((hook) => [hook.name, hook]));
  const said = new Set(encoder.predictions?.map(({ hook }) => hook));
  const hasCls = (name: string): boolean =>
    !said.has(name) && whole.get(name)!.layout.specials > 0;
  const hooks = encoder.hooks
    .filter(({ name }) => hasCls(name) || said.has(name))
    .map((hook): Hook => hasCls(hook.name) ? { ...hook, layout: one } : hook);
  const defaultHook = defaultOf(encoder, hooks.filter((h) => hasCls(h.name)));
  const onlyCls = (all: HostTensors): HostTensors =>
    Object.fromEntries(
      Object.entries(all).map((
        [name, x],
      ) => [name, hasCls(name) ? clsOf(x) : x]),
    );
  const { pause, fitted, shuffled, view, predictions } = encoder;
  return {
    hooks,
    defaultHook,
    provenance: encoder.provenance,
    ...predictions && { predictions },
    ...view && { view: (size) => view.call(encoder, size) },
    encode: async (images, names) =>
      onlyCls(await encoder.encode(images, known(names, hooks))),
    memory: (images, hook) =>
      encoder.memory(images, hook && whole.get(hook.name)),
    ...pause && {
      pause: async (images: readonly RgbImage[], names: readonly string[]) => {
        const at = known(names, hooks);
        return clsPaused(await pause.call(encoder, images, at), onlyCls);
      },
    },
    ...fitted && {
      fitted: async (size: Pick<RgbImage, "width" | "height">) =>
        clsEncoder(await fitted.call(encoder, size)),
    },
    ...shuffled && {
      shuffled: async (seed: number) =>
        clsEncoder(await shuffled.call(encoder, seed)),
    },
    close: () => encoder.close(),
  };
}

const one = { specials: 0, grid: [1, 1] } as const;

function defaultOf({ defaultHook }: Encoder, hooks: readonly Hook[]): string {
  if (hooks.some(({ name }) => name === defaultHook)) return defaultHook;
  const last = hooks.at(-1)?.name;
  if (last !== undefined) return last;
  throw new ConfigError(
    "tokens",
    `Cannot train on CLS tokens: no hook of the encoder has one, "${defaultHook}" neither; write "patches" for tokens`,
  );
}

/** The names, of which each must be a hook's. */
function known(
  names: readonly string[],
  hooks: readonly Hook[],
): readonly string[] {
  const unknown = names.find((name) => !hooks.some((h) => h.name === name));
  if (unknown === undefined) return names;
  const some = hooks.slice(-5).map(({ name }) => `"${name}"`).join(", ");
  throw new ConfigError(
    "hook",
    `Cannot read the CLS token at hook "${unknown}": hooks with one are, among others, ${some}`,
  );
}

/** The first token of each picture: `[images, tokens, width]` → `[images, 1, width]`. */
function clsOf({ data, shape }: HostTensor): HostTensor {
  const [images, tokens, width] = shape as [number, number, number];
  const out = new Float32Array(images * width);
  for (let i = 0; i < images; i++) {
    const from = i * tokens * width;
    out.set(data.subarray(from, from + width), i * width);
  }
  return { data: out, shape: [images, 1, width] };
}

function clsPaused(
  paused: Paused,
  onlyCls: (all: HostTensors) => HostTensors,
): Paused {
  // Kept as it was: what is handed over may be written into.
  const whole = Object.entries(paused.activations).map((
    [name, { data, shape }],
  ) => [name, { data: data.slice(), shape }] as const);
  return {
    activations: onlyCls(paused.activations),
    async resume(edited, wanted) {
      const full = edited && Object.fromEntries(
        whole.filter(([name]) => Object.hasOwn(edited, name))
          .map(([name, x]) => [name, withCls(x, edited[name]!)]),
      );
      const unknown = Object.keys(edited ?? {})
        .filter((name) => !Object.hasOwn(full!, name))
        .map((name) => [name, edited![name]!] as const);
      const given = full && { ...full, ...Object.fromEntries(unknown) };
      return onlyCls(await paused.resume(given, wanted));
    },
  };
}

/** All tokens of `whole`, with the first of each picture from `cls`, `[images, 1, width]`. */
function withCls(whole: HostTensor, cls: HostTensor): HostTensor {
  if (whole.shape.join() === cls.shape.join()) return cls;
  const [images, tokens, width] = whole.shape as [number, number, number];
  if (cls.shape.join() !== [images, 1, width].join()) return cls; // refused by resume()
  const data = whole.data.slice();
  for (let i = 0; i < images; i++) {
    const own = cls.data.subarray(i * width, (i + 1) * width);
    data.set(own, i * tokens * width);
  }
  return { data, shape: whole.shape };
}
