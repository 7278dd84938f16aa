import { testEncoder } from "tessera/testing";
import { myPlugin } from "./my_plugin.ts";

testEncoder("my-plugin", () => myPlugin({ grid: 4, side: 3 }));
