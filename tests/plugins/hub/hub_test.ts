import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join, resolve } from "node:path";
import { openHub } from "../../../plugins/hub/open_hub.ts";
import { parseHubId } from "../../../plugins/hub/hub_id.ts";
import { licenceNotice } from "../../../plugins/hub/licences.ts";

const home = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(home, { recursive: true }));
const user = Deno.build.os === "windows" ? "USERPROFILE" : "HOME";

Deno.test("openHub() reads the variables that Hugging Face's programs read", async () => {
  const { endpoint, token, cache, offline } = await openHub({}, {
    HF_ENDPOINT: "https://example.org/hub//",
    HF_HOME: home,
    HF_TOKEN: " hf_secret\n",
    HF_HUB_OFFLINE: "ON",
  });
  deepEqual({ endpoint, token, cache, offline }, {
    endpoint: "https://example.org/hub",
    token: "hf_secret",
    cache: join(home, "hub"),
    offline: true,
  });
});

/** Variables, and the cache they lead to. */
const caches: readonly [Record<string, string>, string][] = [
  [{ [user]: home }, join(home, ".cache", "huggingface", "hub")],
  [
    { [user]: home, XDG_CACHE_HOME: join(home, "xdg") },
    join(home, "xdg", "huggingface", "hub"),
  ],
  [{ [user]: home, HF_HOME: join("~", "hf") }, join(home, "hf", "hub")],
  [{ HF_HOME: home, HF_HUB_CACHE: join(home, "c") }, join(home, "c")],
  [{ HF_HOME: home, HF_HUB_CACHE: "" }, join(home, "hub")],
  [{ HF_HOME: "hf" }, resolve("hf", "hub")],
];

for (const [set, expected] of caches) {
  Deno.test(`openHub() finds the cache by ${Object.keys(set).join(" and ")} for ${expected}`, async () => {
    const { cache, endpoint, offline, token } = await openHub({}, set);
    equal(cache, expected);
    equal(endpoint, "https://huggingface.co");
    equal(offline, false);
    equal(token, undefined);
  });
}

Deno.test("openHub() takes the token from the last login, or from another file", async () => {
  await Deno.writeTextFile(join(home, "token"), "hf_file\n");
  const other = join(home, "other");
  await Deno.writeTextFile(other, "hf_other");
  const set = { HF_HOME: home };
  equal((await openHub({}, set)).token, "hf_file");
  equal(
    (await openHub({}, { ...set, HF_TOKEN_PATH: other })).token,
    "hf_other",
  );
  equal((await openHub({}, { ...set, HF_TOKEN: "hf_set" })).token, "hf_set");
  await Deno.remove(join(home, "token"));
  equal((await openHub({}, set)).token, undefined);
});

Deno.test("openHub() refuses an invalid address, and asks for a cache folder when there is none", async () => {
  for (const HF_ENDPOINT of ["huggingface.co", "file:///tmp", "ftp://x"]) {
    await rejects(openHub({}, { HF_HOME: home, HF_ENDPOINT }), {
      name: "ConfigError",
      message:
        `Cannot use HF_ENDPOINT "${HF_ENDPOINT}": write an address such as "https://huggingface.co"`,
    });
  }
  await rejects(openHub({}, {}), /set HF_HOME to a folder for it$/);
});

Deno.test("parseHubId() takes names and revisions", () => {
  deepEqual(parseHubId("depth-anything/Depth-Anything-V2-Small-hf"), {
    repo: "depth-anything/Depth-Anything-V2-Small-hf",
    revision: "main",
  });
  deepEqual(parseHubId("a_b/c.d@refs/pr/1"), {
    repo: "a_b/c.d",
    revision: "refs/pr/1",
  });
  deepEqual(parseHubId("a/b@v1--x"), { repo: "a/b", revision: "v1--x" });
});

/** Texts that must never become a name in the cache. */
const noIds = [
  "",
  "vit",
  "../x",
  "./a/b",
  "/a/b",
  "a/",
  "/a",
  "a/b/c",
  "a/..",
  "../..",
  "a/b@",
  "a/b@../x",
  "a/b@x/../../y",
  "a/b@x//y",
  "a/b@@c",
  "a/b\n",
  "a/b c",
  "a/b%2e",
  "a\\b",
  "a--b/c",
  "a/b--c",
  "a/b..c",
  "a./b",
  "a/b.",
  "-a/b",
  "é/b",
  "C:/b",
  "file:///a/b",
];

for (const text of noIds) {
  Deno.test(`parseHubId() refuses ${JSON.stringify(text)}`, () => {
    equal(parseHubId(text), undefined);
  });
}

Deno.test("licenceNotice() is silent about permissive licences only", () => {
  const page = "https://huggingface.co/ada/vit";
  for (const license of ["apache-2.0", "MIT", "cc-by-4.0", "bsd-3-clause"]) {
    equal(licenceNotice(page, { license }), undefined);
  }
  for (const license of ["cc-by-nc-4.0", "other", "gpl-3.0", "openrail", ""]) {
    match(licenceNotice(page, { license })!, /^licence: .*ada\/vit$/);
  }
  const elsewhere = "https://example.org/licence";
  const card = { license: "other", license_name: "x", license_link: elsewhere };
  match(licenceNotice(page, card)!, /^licence: other \(x\), .*org\/licence$/);
});
