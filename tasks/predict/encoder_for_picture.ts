/**
 * Fits a model to the size of each picture.
 *
 * @module
 */
import type { RgbImage } from "../../core/dataset.ts";
import type { Encoder } from "../../core/encoder.ts";

/** A model fitted to one size of picture at a time. */
export interface EncoderForPicture {
  /** The model for pictures of this size; it stays open until another size is asked for. */
  at(size: Pick<RgbImage, "width" | "height">): Promise<Encoder>;
  /** Closes what is open, the original encoder too. */
  close(): Promise<void>;
}

/** Fits `encoder` to pictures; successive pictures of one size share a fitted model. */
export function encoderForPicture(encoder: Encoder): EncoderForPicture {
  let made: { readonly key: string; readonly encoder: Encoder } | undefined;
  const closeMade = async (): Promise<void> => {
    const old = made?.encoder;
    made = undefined;
    if (old !== encoder) await old?.close();
  };
  return {
    async at({ width, height }) {
      const key = `${width}×${height}`;
      if (made?.key === key) return made.encoder;
      await closeMade();
      const fitted = await encoder.fitted?.({ width, height }) ?? encoder;
      made = { key, encoder: fitted };
      return fitted;
    },
    async close() {
      await closeMade();
      await encoder.close();
    },
  };
}
