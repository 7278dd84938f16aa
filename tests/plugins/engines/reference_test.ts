import { reference } from "../../../plugins/engines/reference.ts";
import { testEngine } from "../../conformance/engine.ts";

testEngine("reference", reference);
