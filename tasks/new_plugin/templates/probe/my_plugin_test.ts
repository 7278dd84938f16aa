import { testProbe } from "tessera/testing";
import { myPlugin } from "./my_plugin.ts";

testProbe("my-plugin", () => myPlugin({ images: 4 }, { seed: 1 }));
