/** Tests of `deno task probe`. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { readProbeResult } from "../../../core/files/read_probe_result.ts";
import { type Ended, trainFolder } from "../_train_process.ts";

/** A probe that counts pictures; with `wait` it waits to be stopped. */
const counting = `
export default {
  apiVersion: 1,
  kind: "probe",
  name: "counting",
  description: "How many pictures there are",
  options: {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) },
  },
  create: ({ wait }, { seed, report }) => ({
    async run({ heldOut, dataset, signal }) {
      report({ text: "counting", done: 1, total: 2 });
      if (wait) Deno.kill(Deno.pid, "SIGINT");
      while (wait) {
        await new Promise((done) => setTimeout(done, 5));
        signal.throwIfAborted();
      }
      const metric = (value) => ({ value, meaning: "a count" });
      return {
        metrics: {
          held_out: metric(heldOut.length),
          all: metric(dataset.length),
          seed: metric(seed),
        },
      };
    },
  }),
};
`;

function refused({ code, errors, output }: Ended, message: string | RegExp) {
  equal(code, 1, output + errors);
  if (typeof message === "string") equal(errors, `${message}\n`);
  else match(errors, message);
}

Deno.test("probe asks a trained run and keeps what it finds", async (t) => {
  await using at = await trainFolder({ index: { images: 0 } });
  await at.trainOk(["run.json"]);
  const before = await at.files();
  const probe = async (...args: string[]): Promise<string> => {
    const { code, output, errors } = await at.task("probe", args);
    equal(code, 0, output + errors);
    return output;
  };
  const folder = join(at.path, "runs/a/probes/reconstruction");

  await t.step("reconstruction", async () => {
    const output = await probe("reconstruction", "runs/a", "--images=5");
    match(output, /^runs\/a: reconstruction on 8 pictures not trained on\n/);
    match(
      output,
      /^ {2}fvu +0\.\d+ +0\.\d+ to 0\.\d+ +fraction of variance unexplained/m,
    );
    match(output, /^ {2}pictures +5 +pictures measured, 16 patches of each$/m);
    match(output, /\nHow well the model goes on .* was not measured: .*\.\n/);
    match(
      output,
      /\ntables, figures and numbers on each latent: runs\/a\/probes\/reconstruction\nnext: deno task serve runs\/a\n$/,
    );
    const { info, result } = await readProbeResult(folder);
    const config = JSON.parse(atob(before["config.json"]!));
    deepEqual({ ...info, run: info.run.length }, {
      version: 1,
      probe: "reconstruction",
      options: { images: 5 },
      run: 64,
      dataset: config.dataset,
      heldOut: 8,
    });
    equal(result.perLatent!.density!.values.length, 64);
  });
  await t.step(
    "all pictures held out: the FVU of the run's own results",
    async () => {
      await probe("reconstruction", "runs/a");
      const { result: { metrics } } = await readProbeResult(folder);
      const { fvu, l0, silent, dead, deadTokens } = JSON.parse(
        atob(before["results.json"]!),
      );
      ok(Math.abs(metrics.fvu!.value - fvu) < 1e-5);
      ok(Math.abs(metrics.l0!.value - l0) < 1e-9);
      equal(metrics.silent!.value, silent);
      equal(metrics.dead!.value, dead);
      ok(metrics.dead!.meaning.includes(`last ${deadTokens} training tokens`));
    },
  );
  await t.step("nothing else has changed", async () => {
    const after = await at.files();
    const own = Object.entries(after)
      .filter(([path]) => !path.startsWith("probes/"));
    deepEqual(Object.fromEntries(own), before);
    deepEqual(
      Object.keys(after).filter((path) => path.startsWith("probes/")).sort(),
      [
        "probes/reconstruction/figures/fvu_by_place.svg",
        "probes/reconstruction/per_latent.safetensors",
        "probes/reconstruction/result.json",
        "probes/reconstruction/tables/fvu_by_place.csv",
      ],
    );
  });
  await t.step("a probe from a file, and another dataset", async () => {
    await Deno.writeTextFile(join(at.path, "counting.js"), counting);
    const own = await probe("./counting.js", "runs/a");
    match(own, /^ {2}held_out +8 +a count$/m);
    match(own, /^ {2}all +80 +a count$/m);
    match(own, /^ {2}seed +1 +a count$/m);
    const same = await probe(
      "./counting.js",
      "runs/a",
      "--dataset.use=./dots.js",
    );
    match(same, /^ {2}held_out +8 +a count$/m);
    const other = await probe(
      "./counting.js",
      "runs/a",
      "--dataset.use=scenes",
      "--dataset.length=5",
    );
    match(other, /^runs\/a: counting on 5 pictures of another dataset$/m);
    match(other, /^ {2}held_out +5 +a count$/m);
    const { info } = await readProbeResult(
      join(at.path, "runs/a/probes/counting"),
    );
    equal(info.dataset.use, "scenes");
    const reconstructed = await readProbeResult(folder);
    equal(info.run, reconstructed.info.run, "it is the run's own hash");
  });
  await t.step("the file of the run: its folder is found", async () => {
    const own = await probe("./counting.js", "run.json");
    match(own, /^runs\/a: counting on 8 pictures not trained on$/m);
  });
  await t.step("the file of a run that is not trained", async () => {
    const asked = [
      "./counting.js",
      "run.json",
      "--name=b",
      "--encoder.width=12",
    ];
    const alone = await probe(...asked);
    match(
      alone,
      /^runs\/b: counting on 80 pictures of a model without a dictionary$/m,
    );
    match(alone, /^ {2}held_out +80 +a count$/m);
    match(await probe(...asked), /^runs\/b: counting on 80/m);
    refused(
      await at.task("probe", [...asked, "--dataset.use=scenes"]),
      /^Cannot start run "b": runs\/b exists; .* or choose another --name$/m,
    );
  });
  await t.step("Ctrl-C", async () => {
    const before = await at.files();
    const { code, output, errors } = await at.task("probe", [
      "./counting.js",
      "runs/a",
      "--wait=true",
    ], { WATCHED: "1" });
    equal(code, 130, output + errors);
    match(
      output,
      /\nstopping; Ctrl-C again to stop at once\nstopped; nothing was written\n$/,
    );
    deepEqual(await at.files(), before);
  });
  const typed: [args: string, message: string | RegExp][] = [
    [
      "reconstructon runs/a",
      'Cannot find probe "reconstructon": built in are "depth", "reconstruction"; write "./reconstructon.ts" for a file or "npm:reconstructon" for a package; did you mean "reconstruction"?',
    ],
    [
      "reconstruction runs/a --image=3",
      'Cannot use probe "reconstruction": image: no such option of "reconstruction", did you mean "images"?',
    ],
    [
      "reconstruction runs/a --images=1",
      /^Cannot use probe "reconstruction": images: /,
    ],
    [
      "reconstruction runs/none",
      'Cannot open "runs/none": it is not the folder of a run, since it has no config.json; write runs/<name>',
    ],
    [
      "reconstruction runs/a --hook=embed",
      `Cannot probe "runs/a" with --hook=embed: its dictionary was trained with the settings in its config.json; give a run's file in place of the folder to probe a model without a dictionary, or train another run`,
    ],
    [
      "reconstruction",
      "Cannot probe: name one probe and one run, as in deno task probe <probe> runs/<name>",
    ],
    [
      "reconstruction runs/a --images",
      "Cannot read --images: it needs a value; write --images=<value>",
    ],
    [
      "reconstruction runs/a --dataset.use=scenes --dataset.lenght=3",
      /dataset\.lenght: no such option of "scenes", did you mean "length"\?\n$/,
    ],
  ];
  for (const [args, message] of typed) {
    await t.step(args, async () => {
      refused(await at.task("probe", args.split(" ")), message);
    });
  }
  await t.step("a run without a dictionary", async () => {
    await Deno.remove(join(at.path, "runs/a/checkpoint"), { recursive: true });
    refused(
      await at.task("probe", ["reconstruction", "runs/a"]),
      "Cannot find reconstructions: this run has no dictionary yet; train it with deno task train, and give the folder it writes",
    );
    match(
      await probe("./counting.js", "runs/a"),
      /^ {2}held_out +80 +a count$/m,
    );
  });
  await t.step("--help", async () => {
    match(await probe("--help"), /^ {2}deno task probe <probe> runs\/<name>/);
  });
});
