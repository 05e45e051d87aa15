// Why a value could not be acquired.

/** The value could not be acquired; its complete cells are in the store. */
export class AcquisitionError extends Error {
  readonly code = "ACQUISITION";
}
