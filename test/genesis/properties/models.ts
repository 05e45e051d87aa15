// The models of all libraries.

import { cnsModel } from "./cns-model.ts";
import { fungibleModel, multiTokenModel, wrapModel } from "./fungible-models.ts";
import type { Model } from "./model.ts";
import { boxModel, nftModel } from "./non-fungible-models.ts";
import { torusModel } from "./torus-model.ts";

export const MODELS: readonly Model[] = [
  fungibleModel,
  multiTokenModel,
  wrapModel,
  nftModel,
  boxModel,
  torusModel,
  cnsModel,
];
