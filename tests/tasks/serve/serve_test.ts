import { equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { isLoopback, listen } from "../../../tasks/serve/http/listen.ts";
import { taskFlags } from "../_task_flags.ts";
import { makeRun } from "./_made_run.ts";

const task = fileURLToPath(
  new URL("../../../tasks/serve/main.ts", import.meta.url),
);

/** The permissions of `deno task serve`, and not one more. */
const permissions = await taskFlags("serve");

function command(folder: string, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, task, ...args],
    env: { INIT_CWD: folder, NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("deno task serve says where it listens, and shows pages and pictures", async () => {
  const root = await Deno.makeTempDir();
  try {
    await makeRun(`${root}/runs`, "r");
    const child = command(root, ["--port=0", "--trust-plugins"]).spawn();
    try {
      let text = "";
      const reader = child.stdout.pipeThrough(new TextDecoderStream())
        .getReader();
      while (!/Ctrl-C/.test(text)) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      match(text, /^http:\/\/127\.0\.0\.1:\d+\/\nshows the run r of runs/);
      const address = text.split("/\n")[0]!;
      for (const path of ["/", "/runs/r/latents", "/runs/r/pictures/0/thumb"]) {
        const answer = await fetch(address + path);
        await answer.arrayBuffer();
        equal(answer.status, 200, path);
      }
      await reader.cancel();
      await child.stderr.cancel();
    } finally {
      child.kill("SIGTERM");
      await child.status;
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("deno task serve says what is wrong with its arguments", async () => {
  const root = await Deno.makeTempDir();
  try {
    const cases: [args: string[], message: RegExp][] = [
      [[], /Cannot find a run in "runs": .* deno task train/],
      [["nowhere"], /Cannot find a run in "nowhere"/],
      [["--port=http"], /Cannot use --port=http: it must be a whole number/],
      [
        ["--open"],
        /Cannot use --open: options are --port, --host and --trust-plugins/,
      ],
      [["a", "b"], /Cannot serve 2 folders/],
    ];
    await Promise.all(cases.map(async ([args, message]) => {
      const { code, stderr } = await command(root, args).output();
      const text = new TextDecoder().decode(stderr);
      match(text, message);
      equal(code, 1);
      equal(/^\s+at /m.test(text), false, text);
    }));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("listen() takes the next port that is free, or says that one is taken", async () => {
  const answer = () => new Response("here");
  const first = listen(answer, "127.0.0.1");
  const second = listen(answer, "127.0.0.1");
  try {
    equal(second.port > first.port, true);
    equal(await (await fetch(`http://${second.address}/`)).text(), "here");
    try {
      const third = listen(answer, "127.0.0.1", first.port);
      await third.close();
      throw new Error("it listened");
    } catch (error) {
      match((error as Error).message, /Cannot listen on port \d+: it is taken/);
    }
  } finally {
    await first.close();
    await second.close();
  }
});

Deno.test("isLoopback() knows addresses that only this machine reaches", () => {
  const hosts = ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "10.0.0.5"];
  equal(hosts.map(isLoopback).join(), "true,true,true,false,false,false");
});

/** Answers of the server, by status; connections stay open until \`close\`. */
async function connectMany(port: number, count: number) {
  const open: Deno.TcpConn[] = [];
  for (let i = 0; i < count; i++) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      open.push(connection);
      const host = `Host: 127.0.0.1:${port}\r\n\r\n`;
      await connection.write(
        new TextEncoder().encode(`GET /runs/r/latents HTTP/1.1\r\n${host}`),
      );
    } catch {
      // Refused or reset: the server has no room.
    }
  }
  return () => open.forEach((connection) => connection.close());
}

Deno.test({
  name: "deno task serve outlives more connections than files may be open",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const root = await Deno.makeTempDir();
    try {
      await makeRun(`${root}/runs`, "r");
      const words = ["run", "--no-prompt", ...permissions, task];
      const child = new Deno.Command("bash", {
        args: [
          "-c",
          'ulimit -n 60 && exec "$0" "$@"',
          Deno.execPath(),
          ...words,
          "--port=0",
        ],
        env: { INIT_CWD: root, NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const errors = new Response(child.stderr).text();
      let status: Deno.CommandStatus | undefined;
      child.status.then((ended) => status = ended);
      const reader = child.stdout.pipeThrough(new TextDecoderStream())
        .getReader();
      let text = "";
      while (!/Ctrl-C/.test(text)) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      const port = Number(/:(\d+)\//.exec(text)?.[1]);
      const close = await connectMany(port, 120);
      close();
      let answer = 0;
      // The operating system needs a moment to close them all.
      while (status === undefined && answer !== 200) {
        answer = await fetch(`http://127.0.0.1:${port}/runs/r/latents`)
          .then(async (response) => {
            await response.body?.cancel();
            return response.status;
          }, () => 0);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await reader.cancel();
      if (status === undefined) child.kill("SIGTERM");
      await child.status;
      equal(answer, 200, await errors);
      match(
        await errors,
        /^cannot accept connections now: Too many open files.*; goes on when it can$/m,
      );
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});
