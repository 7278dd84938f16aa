import { testDataset } from "tessera/testing";
import { myPlugin } from "./my_plugin.ts";

testDataset("my-plugin", () => myPlugin({ length: 20, size: 32 }));
