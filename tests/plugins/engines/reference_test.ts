import { reference } from "../../../plugins/engines/reference/mod.ts";
import { testEngine } from "../../conformance/engine.ts";

testEngine("reference", reference);
