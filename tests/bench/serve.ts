// deno-lint-ignore-file no-console
/**
 * Response times of the pages for a run with 32,768 latents:
 * `deno run -A tests/bench/serve.ts [seconds]`. 200 clients send requests for
 * that many seconds; the published figures use 60.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { makeRun } from "../tasks/serve/_made_run.ts";

const seconds = Number(Deno.args[0] ?? 10);
const dSae = 32_768, side = 16, clients = 200;

/** Current and peak memory of a process in MiB; NaN if the system does not report it. */
async function memoryOf(pid: number): Promise<{ now: number; most: number }> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const of = (key: string): number =>
    Number(new RegExp(`${key}:\\s+(\\d+)`).exec(text)?.[1] ?? NaN) / 1024;
  return { now: of("VmRSS"), most: of("VmHWM") };
}

async function serve(root: string) {
  const task = fileURLToPath(
    new URL("../../tasks/serve/main.ts", import.meta.url),
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", task, root, "--port=0", "--trust-plugins"],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const address = /http:\S+(?=\/)/.exec(text)?.[0];
    if (address) return { child, address };
  }
  throw new Error(`Cannot start the server: ${text}`);
}

/** Milliseconds until a whole response has arrived: the median and the slowest of some requests, as text. */
async function timed(paths: readonly string[]): Promise<string> {
  const times: number[] = [];
  for (const path of paths) {
    const start = performance.now();
    const answer = await fetch(path);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${answer.status} ${path}`);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)]!;
  return `${median.toFixed(0)} ms, slowest ${times.at(-1)!.toFixed(0)} ms`;
}

async function flood(address: string): Promise<{ done: number; bad: number }> {
  const end = performance.now() + 1000 * seconds;
  let done = 0, bad = 0;
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    for (let i = client; performance.now() < end; i += clients) {
      try {
        const answer = await fetch(`${address}/runs/big/latents/${i % dSae}`);
        await answer.arrayBuffer();
        if (!answer.ok) bad++;
      } catch {
        bad++;
      }
      done++;
    }
  }));
  return { done, bad };
}

const root = await Deno.makeTempDir();
try {
  await makeRun(root, "big", { dSae, side });
  const { child, address } = await serve(root);
  try {
    const run = `${address}/runs/big`;
    const several = (make: (i: number) => string) =>
      Array.from({ length: 20 }, (_, i) => make(i));
    console.log(
      `${dSae} latents, ${side} × ${side} patches, 24 pictures of each`,
    );
    console.log(`  first grid, cold    ${await timed([`${run}/latents`])}`);
    console.log(
      `  grid, warm          ${await timed(several(() => `${run}/latents`))}`,
    );
    const columns = ["density", "max", "mean", "purity", "spread"];
    console.log(
      `  grid, newly sorted  ${await timed(
        columns.map((sort) => `${run}/latents?sort=${sort}&order=asc`),
      )}`,
    );
    console.log(
      `  rows on the way     ${await timed(
        several((i) =>
          `${run}/latents/rows?sort=density&offset=${24 * 60 * i}`
        ),
      )}`,
    );
    console.log(
      `  a latent, warm      ${await timed(
        several((i) => `${run}/latents/${i * 1601}`),
      )}`,
    );
    console.log(
      `  map                 ${await timed(
        several(() => `${run}/map`).slice(0, 5),
      )}`,
    );
    console.log(
      `  plane as JSON       ${await timed(
        several(() => `${address}/api/runs/big/plane`).slice(0, 5),
      )}`,
    );
    const before = await memoryOf(child.pid);
    const { done, bad } = await flood(address);
    const after = await memoryOf(child.pid);
    console.log(
      `${clients} clients for ${seconds} s: ${done} latent pages, ${
        (done / seconds).toFixed(0)
      } a second, ${bad} failed`,
    );
    console.log(
      `memory ${before.now.toFixed(0)} MiB before, ${
        after.now.toFixed(0)
      } after, ${after.most.toFixed(0)} at most`,
    );
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
} finally {
  await Deno.remove(root, { recursive: true });
}
