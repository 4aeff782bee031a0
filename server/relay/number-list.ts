/**
 * A list of numbers that is filled and emptied over and over. Emptying keeps the memory: setting an array's length to 0 makes
 * the engine throw its storage away, which costs more than the walk that fills it.
 */
export interface NumberList {
  readonly length: number
  at(index: number): number
  push(value: number): void
  set(index: number, value: number): void
  clear(): void
}

/** Beyond this, storage is given back: one huge update must not be paid for ever after. */
const maxKept = 4_096

export function createNumberList(): NumberList {
  let values: number[] = []
  let length = 0
  return {
    get length() {
      return length
    },
    at: (index) => values[index] as number,
    push(value) {
      values[length++] = value
    },
    set(index, value) {
      values[index] = value
    },
    clear() {
      length = 0
      if (values.length > maxKept) values = []
    },
  }
}
