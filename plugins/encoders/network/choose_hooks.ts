/**
 * Finds hooks by their names.
 *
 * @module
 */
import { ConfigError, type Hook, nearestFew } from "../../../mod.ts";

/**
 * The hooks called `names`, in network order.
 *
 * @throws {ConfigError} When one does not exist; the nearest names are listed.
 */
export function chooseHooks(
  hooks: readonly Hook[],
  names: readonly string[],
): Hook[] {
  const known = hooks.map(({ name }) => name);
  const strange = names.find((name) => !known.includes(name));
  if (strange === undefined) {
    return hooks.filter(({ name }) => names.includes(name));
  }
  const near = nearestFew(strange, known, 3);
  const some = (near.length > 0 ? near : known.slice(-3))
    .map((name) => `"${name}"`).join(", ");
  throw new ConfigError(
    "hook",
    `Cannot find hook "${strange}" among ${known.length}: ${
      near.length > 0 ? "nearest are" : "there are, for example,"
    } ${some}`,
  );
}
