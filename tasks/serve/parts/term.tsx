/**
 * Words whose meaning is a click away.
 *
 * @module
 */
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { type Word, words } from "../glossary.ts";

/** A word whose meaning opens when it is pressed; {@linkcode Meanings} holds the meaning. */
export function Term(
  { name, word, children }: {
    /** Its key among the words of all pages, or that of `word`. */
    name: string;
    /** The word, where it is not one of all pages; the page's layout must have it, too. */
    word?: Word;
    /** What to show instead of its usual name. */
    children?: unknown;
  },
): JSX.Element {
  const { title, definition } = word ?? words[name]!;
  return (
    <button
      type="button"
      class="term"
      popovertarget={`word-${name}`}
      title={definition}
    >
      {children ?? title}
    </button>
  );
}

/** The meanings that {@linkcode Term} opens. */
export function Meanings(
  { more = {} }: { more?: Readonly<Record<string, Word>> },
): JSX.Element {
  usual ??= String(<MeaningsOf of={words} />);
  return (
    <>
      {raw(usual)}
      <MeaningsOf of={more} />
    </>
  );
}

/** The meanings of all pages' words, rendered once. */
let usual: string | undefined;

function MeaningsOf(
  { of }: { of: Readonly<Record<string, Word>> },
): JSX.Element {
  return (
    <>
      {Object.entries(of).map(([name, word]) => (
        <div popover="auto" id={`word-${name}`} class="meaning">
          <strong>{word.title}</strong> {word.definition}.
        </div>
      ))}
    </>
  );
}
