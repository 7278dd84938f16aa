/**
 * Sparse autoencoders on the tokens of vision transformers.
 *
 * What users and plugin authors need, by name. The built-in plugins import
 * nothing else of the core.
 *
 * @module
 */

// Nouns.
export type { Codes, HostCodes, Selection } from "./core/codes.ts";
export type { Dataset, DenseMap, Example, RgbImage } from "./core/dataset.ts";
export type {
  Encoder,
  Hook,
  Paused,
  Prediction,
  TokenLayout,
  View,
} from "./core/encoder.ts";
export type {
  AdamStep,
  DecodeOptions,
  EncoderWeights,
  Engine,
  MatmulOptions,
  MemorySize,
} from "./core/engine.ts";
export type { Estimate, Interval } from "./core/estimate.ts";
export {
  ConfigError,
  ExampleError,
  FormatError,
  isUserError,
  TrainingError,
} from "./core/errors.ts";
export {
  definePlugin,
  type Kind,
  type Kinds,
  type Plugin,
  type PluginContext,
  type PluginEvent,
} from "./core/plugin.ts";
export {
  type Figure,
  type LatentValues,
  type Metric,
  type Probe,
  type ProbeInput,
  type ProbeResult,
  requireDictionary,
  type Table,
  type TrainingEnd,
} from "./core/probe.ts";
export type {
  Batch,
  Dictionary,
  InitInput,
  Loss,
  Sparsifier,
} from "./core/sparsifier.ts";
export {
  type HostTensor,
  type HostTensors,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from "./core/tensor.ts";

// A run: described, checked, opened.
export { isHubId } from "./core/run/absolute_paths.ts";
export { diffRuns, hashRun } from "./core/run/compare_runs.ts";
export {
  type Approve,
  type Builtins,
  type ForeignPlugin,
  importPlugin,
  kinds,
  loadPlugin,
  type LoadPluginOptions,
  pathUrl,
} from "./core/run/load_plugin.ts";
export { nearest, nearestFew } from "./core/run/nearest.ts";
export {
  type RawRun,
  readRun,
  type ResolvedRun,
  resolveRun,
} from "./core/run/run_config.ts";
export {
  makeRunFolder,
  type RunFolder,
  runFolder,
} from "./core/run/run_folder.ts";
export {
  type BufferConfig,
  type RunConfig,
  runSchema,
  type Slot,
  type SlotConfig,
  slots,
  type TrainConfig,
} from "./core/run/run_schema.ts";
export { findHook, type OpenRun, openRun } from "./core/train/open_run.ts";

// From pictures to a dictionary, in the order data flows.
export {
  collect,
  type CollectOptions,
  type TokenGroup,
} from "./core/train/collect.ts";
export {
  inGroups,
  type Split,
  splitExamples,
} from "./core/train/split_examples.ts";
export {
  type BufferDtype,
  type DrawnTokens,
  type TokenBuffer,
  tokenBuffer,
} from "./core/train/token_buffer.ts";
export { shuffle, type ShuffleOptions } from "./core/train/shuffle.ts";
export { activationScale } from "./core/train/activation_scale.ts";
export { fitInitialNorm } from "./core/train/fit_initial_norm.ts";
export { type ValueAndGrad, valueAndGrad } from "./core/train/grad.ts";
export {
  defaultLearningRate,
  learningRate,
  type Schedule,
} from "./core/train/learning_rate.ts";
export {
  makeTrainer,
  type RunningAverage,
  type StepNumbers,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
  type TrainerStateReader,
} from "./core/train/trainer.ts";
export { train } from "./core/train/train.ts";
export type {
  TrainEvent,
  TrainOptions,
} from "./core/train/training_session.ts";
export type { SavedPosition, SavedState } from "./core/train/training_state.ts";
export type { TrainResults } from "./core/train/measure_trained.ts";
export { calibrate } from "./core/train/calibrate.ts";
export {
  evaluate,
  type EvaluateInput,
  type Evaluation,
} from "./core/train/evaluate.ts";
export { type FvuState, type FvuSums, fvuSums } from "./core/train/fvu.ts";
export {
  type CheckpointCfg,
  loadCheckpoint,
  type ParameterReader,
  saveCheckpoint,
} from "./core/train/checkpoint.ts";
export { loadDictionary } from "./core/train/load_dictionary.ts";

// What each latent shows, and what a probe found.
export {
  type Exemplars,
  type Showing,
  showings,
} from "./core/latents/exemplars.ts";
export {
  indexLatents,
  type IndexOptions,
  type IndexSession,
} from "./core/latents/index_latents.ts";
export { evenly } from "./core/latents/evenly.ts";
export type { IndexInfo, LatentIndex } from "./core/latents/latent_index.ts";
export type { Neighbours } from "./core/latents/neighbours.ts";
export {
  readLatentIndex,
  type StoredIndex,
} from "./core/latents/read_latent_index.ts";
export {
  type ProbeFolders,
  type ProbeInfo,
  type StoredProbe,
  writeProbeResult,
} from "./core/files/probe_result.ts";
export { readProbeResult } from "./core/files/read_probe_result.ts";

// Activations changed on the way, to go on with from a pause.
export {
  type CellRect,
  cellsOf,
  type EditOptions,
  patchesOf,
  type TokenFilter,
} from "./core/edit/token_filter.ts";
export {
  addDirection,
  editTokens,
  meanOf,
  meanTokens,
  replaceTokens,
  zeroTokens,
} from "./core/edit/edit_tokens.ts";
export { componentsAlong, replaceAlong } from "./core/edit/edit_along.ts";
export {
  ablateLatents,
  type LatentEdit,
  type PlaceOf,
  scaleLatents,
  setLatents,
} from "./core/edit/edit_latents.ts";
export { splice, type SpliceOptions } from "./core/edit/splice.ts";

// Statistics, for probes.
export { type Alignment, alignTo } from "./core/statistics/align.ts";
export {
  bootstrap,
  type BootstrapOptions,
  type Draws,
} from "./core/statistics/bootstrap.ts";
export { cholesky, dot, solve } from "./core/statistics/cholesky.ts";
export {
  type ChosenFit,
  fitCrossValidated,
  type Held,
} from "./core/statistics/cross_validate.ts";
export {
  type ClusteredDraws,
  estimateOf,
  isAboveZero,
  ratioOfSums,
  type Statistic,
} from "./core/statistics/estimate.ts";
export {
  type RowProducts,
  rowProducts,
  type Rows,
} from "./core/statistics/gram.ts";
export {
  ascending,
  correlation,
  midRanks,
  spearman,
  ties,
} from "./core/statistics/ranks.ts";
export {
  addRows,
  addSums,
  covarianceOf,
  defaultPenalties,
  fitRidge,
  meansOf,
  type Nested,
  type NormalSums,
  normalSums,
  r2On,
  type RidgeFit,
  rowCount,
  squaredDeviations,
  squaredErrors,
  sumOf,
} from "./core/statistics/ridge.ts";
export { shareDifference, shareOf } from "./core/statistics/share_interval.ts";
export {
  falseDiscoveryRates,
  shareAtLeast,
} from "./core/statistics/significance.ts";
export {
  pseudoInverse,
  type SymmetricEigen,
  symmetricEigen,
} from "./core/statistics/symmetric_eigen.ts";

// What a probe found, as metrics, tables and words.
export {
  decimals,
  digits,
  estimateWords,
  percent,
} from "./core/findings/number_words.ts";
export { quantity } from "./core/findings/quantity.ts";
export {
  type Column,
  type Columns,
  estimateColumns,
  intervalColumns,
  tableOf,
} from "./core/findings/table_of.ts";

// Tools.
export { mapAhead } from "./core/map_ahead.ts";
export { hashOf, permutation, type Random, randomFrom } from "./core/random.ts";
export { type MapFilter, resizeMap } from "./core/resize_map.ts";
export { npyBytes } from "./core/files/npy_bytes.ts";
export { readNpy } from "./core/files/read_npy.ts";
export {
  replaceFile,
  replaceTextFile,
  type Write,
} from "./core/files/replace_file.ts";
export {
  type Dtype,
  readFloats,
  readSafetensorsHeader,
  readTensorBytes,
  type SafetensorsHeader,
  type TensorInfo,
  tensorOf,
  type TensorToWrite,
  writeSafetensors,
} from "./core/files/safetensors.ts";
