import { testSparsifier } from "tessera/testing";
import { myPlugin } from "./my_plugin.ts";

testSparsifier("my-plugin", (dSae) => myPlugin({ dSae, penalty: 0.01 }));
