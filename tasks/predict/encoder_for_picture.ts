/**
 * An encoder in, the same model at each picture's own size out.
 *
 * @module
 */
import type { RgbImage } from "../../core/dataset.ts";
import type { Encoder } from "../../core/encoder.ts";

/** A model that is fitted to one size of picture at a time. */
export interface EncoderForPicture {
  /** The model for a picture of this size; it stays open until another is asked for. */
  at(size: Pick<RgbImage, "width" | "height">): Promise<Encoder>;
  /** Closes what is open, `encoder` itself too. */
  close(): Promise<void>;
}

/** Fits `encoder` to pictures; those of one size, one after the other, share what was made. */
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
