/**
 * Datasets: pictures by index, and what is known about them.
 *
 * @module
 */

/** An 8-bit RGB picture. */
export interface RgbImage {
  /** `[height, width, 3]`, row by row. */
  readonly data: Uint8Array;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** A number for each pixel: depth, object ids. */
export interface DenseMap {
  /** `[height, width]`, row by row; NaN where unknown. */
  readonly data: Float32Array;
  /** Width in pixels: the picture's. */
  readonly width: number;
  /** Height in pixels: the picture's. */
  readonly height: number;
}

/** One item of a {@linkcode Dataset}. */
export interface Example {
  /** A name that stays the same between runs, such as a path inside the dataset. */
  readonly id: string;
  /** The picture as stored: resizing and normalising are the encoder's. */
  readonly image: RgbImage;
  /** What is known about the whole picture: `{ class: "tench" }`. */
  readonly labels?: Readonly<Record<string, string | number>>;
  /** What is known about each pixel: `{ depth }` in metres, `{ object }` ids. */
  readonly maps?: Readonly<Record<string, DenseMap>>;
}

/** Pictures by index. */
export interface Dataset {
  /** How many examples there are. */
  readonly length: number;
  /**
   * Reads one example; the same index gives the same example.
   *
   * @throws {ExampleError} When the picture cannot be decoded: it is skipped and counted.
   */
  get(index: number): Promise<Example>;
  /**
   * The sequence that a picture belongs to. Pictures of a sequence are alike and
   * in order, as the frames of a film are: a split keeps them together or cuts
   * them by time. When absent, each picture stands alone.
   */
  sequenceOf?(index: number): string;
  /** Most bytes it takes, not counting the examples it returns; none when absent. */
  memory?(): number;
  /** Closes its files and stops its threads. */
  close?(): Promise<void>;
}
