// A disk that fails when it is told to.

import { MemoryBackend } from "../../src/store/memory-store.ts";
import { StoreError, type StoreErrorCode } from "../../src/store/store.ts";

export class FailingBackend extends MemoryBackend {
  failure: StoreErrorCode | null = null;
  failures = 0;

  #fail(): void {
    if (this.failure === null) return;
    this.failures++;
    throw new StoreError(this.failure, "the disk does not answer");
  }

  override cell(hashKey: string) {
    this.#fail();
    return super.cell(hashKey);
  }
  override has(hashKey: string) {
    this.#fail();
    return super.has(hashKey);
  }
  override memorySize(hashKey: string) {
    this.#fail();
    return super.memorySize(hashKey);
  }
  override position(hashKey: string) {
    this.#fail();
    return super.position(hashKey);
  }
  override transaction(body: Parameters<MemoryBackend["transaction"]>[0]) {
    this.#fail();
    super.transaction(body);
  }
}
