import { testEngine } from "tessera/testing";
import { myPlugin } from "./my_plugin.ts";

testEngine("my-plugin", () => myPlugin());
